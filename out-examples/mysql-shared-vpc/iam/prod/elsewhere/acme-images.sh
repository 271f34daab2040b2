#!/usr/bin/env bash
# What project acme-tickets-prod needs in project acme-images; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of images.cloud-sql-proxy, services.wiki.image.
gcloud artifacts repositories add-iam-policy-binding mirror --project=acme-images --location=europe-west3 \
  --role=roles/artifactregistry.reader \
  --member=serviceAccount:service-123456789012@serverless-robot-prod.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

# Because of jobs.migrate.image, services.web.image.
gcloud artifacts repositories add-iam-policy-binding tickets --project=acme-images --location=europe-west3 \
  --role=roles/artifactregistry.reader \
  --member=serviceAccount:service-123456789012@serverless-robot-prod.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

echo "done: 2 grants in acme-images"
