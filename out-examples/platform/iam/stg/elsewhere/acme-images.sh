#!/usr/bin/env bash
# What project acme-bazaar-stg needs in project acme-images; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-bazaar-stg: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-bazaar-stg, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-bazaar-stg --format='value(projectNumber)')}

# Because of jobs.close-day.image, jobs.migrate-ledger.image, jobs.migrate-market.image, services.accounts.image, services.carts.image, services.catalog.image, services.mails.image, services.office.image, services.orders.image, services.payments.image, services.pictures.image, services.prices.image, services.search.image, services.sellers.image, services.stock.image, services.web.image.
gcloud artifacts repositories add-iam-policy-binding bazaar --project=acme-images --location=europe-west4 \
  --role=roles/artifactregistry.reader \
  --member="serviceAccount:service-${project_number}@serverless-robot-prod.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

echo "done: 1 grant in acme-images"
