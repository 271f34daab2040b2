#!/usr/bin/env bash
# What project acme-parcels-prod needs in project acme-rates; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of jobs.archive.consumes.
gcloud pubsub subscriptions add-iam-policy-binding rates-for-parcels --project=acme-rates \
  --role=roles/pubsub.subscriber \
  --member=serviceAccount:job-archive@acme-parcels-prod.iam.gserviceaccount.com \
  --quiet >/dev/null

echo "done: 1 grant in acme-rates"
