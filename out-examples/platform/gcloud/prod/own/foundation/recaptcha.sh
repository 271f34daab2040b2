#!/usr/bin/env bash
# Written by hand, beside what ravelin generates: the key of reCAPTCHA for the shop's forms. `2-foundation.sh` runs this last, with
# `$project` and `$region`, and `values.site-key` of the blueprint finds the key by its name.
set -euo pipefail

gcloud services enable recaptchaenterprise.googleapis.com --project="$project"
if [ -z "$(gcloud recaptcha keys list --project="$project" --filter=displayName=shop --format='value(name)')" ]; then
  gcloud recaptcha keys create --project="$project" --display-name=shop --web --integration-type=score \
    --domains=bazaar.example.com
fi
