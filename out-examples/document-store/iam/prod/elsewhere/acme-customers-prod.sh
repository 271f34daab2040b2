#!/usr/bin/env bash
# What project acme-papers-prod needs in project acme-customers-prod; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of services.office.firestores.
gcloud projects add-iam-policy-binding acme-customers-prod \
  --role=roles/datastore.viewer \
  --member=serviceAccount:run-office@acme-papers-prod.iam.gserviceaccount.com --condition-from-file=- \
  --quiet >/dev/null <<<'{"title": "only-firestore-customers", "expression": "resource.name == '\''projects/acme-customers-prod/databases/(default)'\''"}'

echo "done: 1 grant in acme-customers-prod"
