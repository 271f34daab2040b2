#!/usr/bin/env bash
# What project acme-papers-prod needs in project acme-images; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-papers-prod: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-papers-prod, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-papers-prod --format='value(projectNumber)')}

# Because of jobs.keeper.image, services.office.image, services.reader.image, services.watch.image.
gcloud artifacts repositories add-iam-policy-binding papers --project=acme-images --location=europe-west1 \
  --role=roles/artifactregistry.reader \
  --member="serviceAccount:service-${project_number}@serverless-robot-prod.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

echo "done: 1 grant in acme-images"
