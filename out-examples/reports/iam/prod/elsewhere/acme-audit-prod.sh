#!/usr/bin/env bash
# What project acme-reports-prod needs in project acme-audit-prod; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of jobs.monthly.grants.
gcloud secrets add-iam-policy-binding signing-key --project=acme-audit-prod \
  --role=roles/secretmanager.secretAccessor \
  --member=serviceAccount:job-monthly@acme-reports-prod.iam.gserviceaccount.com --condition-from-file=- \
  --quiet >/dev/null <<<'{"title": "contract", "expression": "request.time < timestamp('\''2028-01-01T00:00:00Z'\'')"}'

echo "done: 1 grant in acme-audit-prod"
