#!/usr/bin/env bash
# What project acme-papers-stg needs in project acme-brand-prod; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of services.office.buckets.
gcloud storage buckets add-iam-policy-binding gs://acme-letterheads \
  --role=roles/storage.objectViewer \
  --member=serviceAccount:run-office@acme-papers-stg.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

# Because of services.office.keys.
gcloud kms keys add-iam-policy-binding letterheads --project=acme-brand-prod --location=europe-west1 --keyring=brand \
  --role=roles/cloudkms.publicKeyViewer \
  --member=serviceAccount:run-office@acme-papers-stg.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

echo "done: 2 grants in acme-brand-prod"
