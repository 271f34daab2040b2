#!/usr/bin/env bash
# What project acme-reports-prod needs in project acme-warehouse-prod; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of jobs.monthly.datasets.
# shellcheck disable=SC2016 # the backticks are SQL's
bq --headless --quiet --project_id=acme-warehouse-prod query --use_legacy_sql=false \
  'GRANT `roles/bigquery.dataViewer` ON TABLE `acme-warehouse-prod.ledger.entries` TO "serviceAccount:job-monthly@acme-reports-prod.iam.gserviceaccount.com"' >/dev/null

echo "done: 1 grant in acme-warehouse-prod"
