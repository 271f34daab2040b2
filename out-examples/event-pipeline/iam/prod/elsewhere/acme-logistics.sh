#!/usr/bin/env bash
# What project acme-parcels-prod needs in project acme-logistics; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of jobs.archive.grants.
gcloud spanner instances add-iam-policy-binding logistics --project=acme-logistics \
  --role=roles/spanner.viewer \
  --member=serviceAccount:job-archive@acme-parcels-prod.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

# Because of jobs.archive.grants.
gcloud spanner databases add-iam-policy-binding parcels --project=acme-logistics --instance=logistics \
  --role=roles/spanner.databaseReader \
  --member=serviceAccount:job-archive@acme-parcels-prod.iam.gserviceaccount.com --condition=None \
  --quiet >/dev/null

echo "done: 2 grants in acme-logistics"
