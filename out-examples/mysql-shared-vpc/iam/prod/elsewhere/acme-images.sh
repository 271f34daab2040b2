#!/usr/bin/env bash
# What project acme-tickets-prod needs in project acme-images; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-tickets-prod: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-tickets-prod, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-tickets-prod --format='value(projectNumber)')}

# Because of images.cloud-sql-proxy.
gcloud artifacts repositories add-iam-policy-binding mirror --project=acme-images --location=europe-west3 \
  --role=roles/artifactregistry.reader \
  --member="serviceAccount:service-${project_number}@serverless-robot-prod.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

# Because of jobs.migrate.image, services.web.image.
gcloud artifacts repositories add-iam-policy-binding tickets --project=acme-images --location=europe-west3 \
  --role=roles/artifactregistry.reader \
  --member="serviceAccount:service-${project_number}@serverless-robot-prod.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

echo "done: 2 grants in acme-images"
