#!/usr/bin/env bash
# What project acme-backoffice-prod needs in project acme-images; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of services.accounts.image, services.admin.image.
gcloud artifacts repositories add-iam-policy-binding backoffice --project=acme-images --location=europe-west1 \
  --role=roles/artifactregistry.reader \
  --member=serviceAccount:service-123456789012@serverless-robot-prod.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

echo "done: 1 grant in acme-images"
