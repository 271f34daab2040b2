#!/usr/bin/env bash
# What project acme-parcels-prod needs in project acme-warehouse; its owner runs this. A second run changes nothing.
set -euo pipefail

# Because of log_sinks.requests.to.
# shellcheck disable=SC2016 # the backticks are SQL's
bq --headless --quiet --project_id=acme-warehouse query --use_legacy_sql=false \
  'GRANT `roles/bigquery.dataEditor` ON SCHEMA `acme-warehouse.requests` TO "serviceAccount:service-481516234200@gcp-sa-logging.iam.gserviceaccount.com"' >/dev/null

# Because of subscriptions.scans-to-warehouse.bigquery.table.
# shellcheck disable=SC2016 # the backticks are SQL's
bq --headless --quiet --project_id=acme-warehouse query --use_legacy_sql=false \
  'GRANT `roles/bigquery.dataEditor` ON TABLE `acme-warehouse.parcels.scans` TO "serviceAccount:service-481516234200@gcp-sa-pubsub.iam.gserviceaccount.com"' >/dev/null

echo "done: 2 grants in acme-warehouse"
