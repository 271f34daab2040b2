#!/usr/bin/env bash
# What project acme-notes-stg needs in project acme-notes-prod; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-notes-stg: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-notes-stg, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-notes-stg --format='value(projectNumber)')}

# Because of jobs.migrate.image, services.web.image.
gcloud artifacts repositories add-iam-policy-binding notes --project=acme-notes-prod --location=europe-west1 \
  --role=roles/artifactregistry.reader \
  --member="serviceAccount:service-${project_number}@serverless-robot-prod.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

echo "done: 1 grant in acme-notes-prod"
