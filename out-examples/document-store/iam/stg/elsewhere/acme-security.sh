#!/usr/bin/env bash
# What project acme-papers-stg needs in project acme-security; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-papers-stg: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-papers-stg, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-papers-stg --format='value(projectNumber)')}

# Because of log_sinks.auditors.to.
gcloud projects add-iam-policy-binding acme-security \
  --role=roles/logging.bucketWriter \
  --member="serviceAccount:service-${project_number}@gcp-sa-logging.iam.gserviceaccount.com" --condition-from-file=- \
  --quiet >/dev/null <<<'{"title": "only-log-bucket-audit-papers-in-eu", "expression": "resource.name.endsWith(\"/locations/eu/buckets/audit-papers\")"}'

# Because of governance.binary_authorization.attestors.
gcloud container binauthz attestors add-iam-policy-binding built-by-release --project=acme-security \
  --role=roles/binaryauthorization.attestorsVerifier \
  --member="serviceAccount:service-${project_number}@gcp-sa-binaryauthorization.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

echo "done: 2 grants in acme-security"
