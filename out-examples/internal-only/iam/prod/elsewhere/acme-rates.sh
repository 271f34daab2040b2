#!/usr/bin/env bash
# What project acme-pricing-prod needs in project acme-rates; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of services.api.calls.
gcloud run services add-iam-policy-binding rates --project=acme-rates --region=us-central1 \
  --role=roles/run.invoker \
  --member=serviceAccount:run-api@acme-pricing-prod.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

echo "done: 1 grant in acme-rates"
