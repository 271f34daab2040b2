#!/usr/bin/env bash
# What project acme-parcels-prod needs in project acme-billing; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of services.tracker.publishes.
gcloud pubsub topics add-iam-policy-binding billable.events --project=acme-billing \
  --role=roles/pubsub.publisher \
  --member=serviceAccount:run-tracker@acme-parcels-prod.iam.gserviceaccount.com \
  --quiet >/dev/null

echo "done: 1 grant in acme-billing"
