#!/usr/bin/env bash
# What project acme-invoices-prod needs in project acme-treasury; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of jobs.invoice-run.calls.
gcloud run services add-iam-policy-binding currencies --project=acme-treasury --region=europe-west4 \
  --role=roles/run.invoker \
  --member=serviceAccount:job-invoice-run@acme-invoices-prod.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

echo "done: 1 grant in acme-treasury"
