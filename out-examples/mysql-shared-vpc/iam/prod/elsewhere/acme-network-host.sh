#!/usr/bin/env bash
# What project acme-tickets-prod needs in project acme-network-host; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of network.existing.
gcloud compute networks subnets add-iam-policy-binding run-europe-west3 --project=acme-network-host --region=europe-west3 \
  --role=roles/compute.networkUser \
  --member=serviceAccount:service-123456789012@serverless-robot-prod.iam.gserviceaccount.com \
  --quiet >/dev/null

echo "done: 1 grant in acme-network-host"
