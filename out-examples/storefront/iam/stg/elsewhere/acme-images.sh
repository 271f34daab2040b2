#!/usr/bin/env bash
# What project acme-storefront-stg needs in project acme-images; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-storefront-stg: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-storefront-stg, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-storefront-stg --format='value(projectNumber)')}

# Because of services.orders.image, services.partner-api.image, services.web.image.
gcloud artifacts repositories add-iam-policy-binding shop --project=acme-images --location=asia-northeast1 \
  --role=roles/artifactregistry.reader \
  --member="serviceAccount:service-${project_number}@serverless-robot-prod.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

echo "done: 1 grant in acme-images"
