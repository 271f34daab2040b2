#!/usr/bin/env bash
# What project acme-papers-prod needs in project acme-records-office; its owner runs this. A second run changes nothing.
# It comes after the foundation stage of acme-papers-prod: a service agent is there once its API is enabled.
set -euo pipefail

# The number of acme-papers-prod, which its service agents carry in their names. Who may not look it up sets PROJECT_NUMBER.
project_number=${PROJECT_NUMBER:-$(gcloud projects describe acme-papers-prod --format='value(projectNumber)')}

# Because of encryption.keys.firestore.
gcloud kms keys add-iam-policy-binding archive --project=acme-records-office --location=europe --keyring=papers \
  --role=roles/cloudkms.cryptoKeyEncrypterDecrypter \
  --member="serviceAccount:service-${project_number}@gcp-sa-firestore.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

# Because of encryption.keys.storage.
gcloud kms keys add-iam-policy-binding archive --project=acme-records-office --location=europe --keyring=papers \
  --role=roles/cloudkms.cryptoKeyEncrypterDecrypter \
  --member="serviceAccount:service-${project_number}@gs-project-accounts.iam.gserviceaccount.com" --condition=None \
  --quiet >/dev/null

echo "done: 2 grants in acme-records-office"
