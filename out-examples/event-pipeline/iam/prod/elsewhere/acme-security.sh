#!/usr/bin/env bash
# What project acme-parcels-prod needs in project acme-security; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of log_sinks.siem.to.
gcloud pubsub topics add-iam-policy-binding siem --project=acme-security \
  --role=roles/pubsub.publisher \
  --member=serviceAccount:service-481516234200@gcp-sa-logging.iam.gserviceaccount.com \
  --quiet >/dev/null

# Because of buckets.evidence.notifications.siem.
gcloud pubsub topics add-iam-policy-binding siem --project=acme-security \
  --role=roles/pubsub.publisher \
  --member=serviceAccount:service-481516234200@gs-project-accounts.iam.gserviceaccount.com \
  --quiet >/dev/null

echo "done: 2 grants in acme-security"
