#!/usr/bin/env bash
# What project acme-backoffice-prod needs in project acme-images; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-backoffice-prod: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-backoffice-prod, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-backoffice-prod --format='value(projectNumber)')}

# Because of services.accounts.image, services.admin.image.
gcloud artifacts repositories add-iam-policy-binding backoffice --project=acme-images --location=europe-west1 \
  --role=roles/artifactregistry.reader \
  --member="serviceAccount:service-${project_number}@serverless-robot-prod.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

echo "done: 1 grant in acme-images"
