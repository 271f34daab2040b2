#!/usr/bin/env bash
# What project acme-tickets-prod needs in project acme-network-host; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of services.web.caches.
gcloud projects add-iam-policy-binding acme-network-host \
  --role=roles/memorystore.dbConnectionUser \
  --member=serviceAccount:run-web@acme-tickets-prod.iam.gserviceaccount.com --condition-from-file=- \
  --quiet >/dev/null <<<'{"title": "only-cache-sessions", "expression": "resource.name == '\''projects/acme-network-host/locations/europe-west3/instances/sessions'\''"}'

# Because of network.existing.
gcloud compute networks subnets add-iam-policy-binding run-europe-west3 --project=acme-network-host --region=europe-west3 \
  --role=roles/compute.networkUser \
  --member=serviceAccount:service-123456789012@serverless-robot-prod.iam.gserviceaccount.com \
  --quiet >/dev/null

echo "done: 2 grants in acme-network-host"
