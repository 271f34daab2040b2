#!/usr/bin/env bash
# What project acme-parcels-prod needs in project acme-carriers; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of workers.tracker.consumes.
gcloud pubsub subscriptions add-iam-policy-binding news-for-parcels --project=acme-carriers \
  --role=roles/pubsub.subscriber \
  --member=serviceAccount:work-tracker@acme-parcels-prod.iam.gserviceaccount.com \
  --quiet >/dev/null

echo "done: 1 grant in acme-carriers"
