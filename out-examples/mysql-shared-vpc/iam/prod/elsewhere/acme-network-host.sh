#!/usr/bin/env bash
# What project acme-tickets-prod needs in project acme-network-host; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-tickets-prod: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-tickets-prod, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-tickets-prod --format='value(projectNumber)')}

# Because of network.existing.
gcloud compute networks subnets add-iam-policy-binding run-europe-west3 --project=acme-network-host --region=europe-west3 \
  --role=roles/compute.networkUser \
  --member="serviceAccount:service-${project_number}@serverless-robot-prod.iam.gserviceaccount.com" \
  --quiet >/dev/null

echo "done: 1 grant in acme-network-host"
