#!/usr/bin/env bash
# What other people have made before the first stage of a project runs: its two first APIs, and what lies in projects that are
# not its own. A blueprint in blueprints/ that refers to more needs a line here.
# usage: given.sh PROJECT
set -euo pipefail

enable() { gcloud services enable --project="$1" "${@:2}"; }
repositories() { # repositories PROJECT LOCATION NAME…
  local name
  enable "$1" artifactregistry.googleapis.com
  for name in "${@:3}"; do
    gcloud artifacts repositories create "$name" --project="$1" --location="$2" --repository-format=docker
  done
}

enable "$1" cloudresourcemanager.googleapis.com serviceusage.googleapis.com
case $1 in
  acme-hello-prod | acme-shop-prod) # the latter of tests/life
    repositories "$1" europe-west1 app
    ;;
  acme-status-prod)
    repositories acme-images europe-west1 status
    ;;
  acme-storefront-*)
    repositories acme-images asia-northeast1 shop
    ;;
  acme-pricing-*)
    repositories acme-images us-central1 pricing
    # Who calls the service from the same project is no part of the blueprint.
    enable "$1" iam.googleapis.com
    gcloud iam service-accounts create checkout --project="$1"
    ;;
  acme-backoffice-prod)
    repositories acme-images europe-west1 backoffice
    enable acme-dns dns.googleapis.com
    gcloud dns managed-zones create example-com --project=acme-dns --dns-name=example.com. --description=public
    ;;
  acme-tickets-prod)
    repositories acme-images europe-west3 tickets mirror
    enable acme-network-host compute.googleapis.com servicenetworking.googleapis.com
    gcloud compute networks create shared --project=acme-network-host --subnet-mode=custom
    gcloud compute networks subnets create run-europe-west3 --project=acme-network-host --network=shared \
      --region=europe-west3 --range=10.20.0.0/22 --enable-private-ip-google-access
    gcloud compute addresses create google-services --project=acme-network-host --global --purpose=VPC_PEERING \
      --prefix-length=20 --network=shared
    gcloud services vpc-peerings connect --project=acme-network-host --service=servicenetworking.googleapis.com \
      --network=shared --ranges=google-services
    ;;
  *)
    echo "given.sh: what stands before the first stage of $1?" >&2
    exit 2
    ;;
esac
