#!/usr/bin/env bash
# What other people have made before the first stage of a project runs: its two first APIs, and what lies in projects that are
# not its own. Whatever else a blueprint in blueprints/ refers to needs a line here.
# usage: given.sh PROJECT RESOURCE…: the full names of what its owner is asked to grant something on (iam/*/elsewhere/*.yaml)
set -euo pipefail

enable() { gcloud services enable --project="$1" "${@:2}"; }

# By the API of its full name. A subnetwork is one of a host project, which has a way to Google's managed services.
resource() { # resource FULL-NAME
  local path project
  IFS=/ read -r -a path <<<"${1#//*/}"
  project=${path[1]}
  case $1 in
    //artifactregistry.googleapis.com/*)
      enable "$project" artifactregistry.googleapis.com
      gcloud artifacts repositories create "${path[5]}" --project="$project" --location="${path[3]}" --repository-format=docker
      ;;
    //compute.googleapis.com/*/subnetworks/*)
      enable "$project" compute.googleapis.com servicenetworking.googleapis.com
      gcloud compute networks create shared --project="$project" --subnet-mode=custom
      gcloud compute networks subnets create "${path[5]}" --project="$project" --network=shared --region="${path[3]}" \
        --range=10.20.0.0/22 --enable-private-ip-google-access
      gcloud compute addresses create google-services --project="$project" --global --purpose=VPC_PEERING \
        --prefix-length=20 --network=shared
      gcloud services vpc-peerings connect --project="$project" --service=servicenetworking.googleapis.com \
        --network=shared --ranges=google-services
      ;;
    //cloudresourcemanager.googleapis.com/*) # a log bucket's grant stands on its project
      enable "$project" cloudresourcemanager.googleapis.com
      ;;
    //pubsub.googleapis.com/*/topics/*)
      enable "$project" pubsub.googleapis.com
      gcloud pubsub topics create "${path[3]}" --project="$project"
      ;;
    //pubsub.googleapis.com/*/subscriptions/*)
      enable "$project" pubsub.googleapis.com
      gcloud pubsub topics create "topic-of-${path[3]}" --project="$project"
      gcloud pubsub subscriptions create "${path[3]}" --project="$project" --topic="topic-of-${path[3]}"
      ;;
    //cloudtasks.googleapis.com/*)
      enable "$project" cloudtasks.googleapis.com
      gcloud tasks queues create "${path[5]}" --project="$project" --location="${path[3]}"
      ;;
    //storage.googleapis.com/*)
      # Its name does not tell whose it is.
      enable acme-brand-prod storage.googleapis.com
      gcloud storage buckets create "gs://${path[3]}" --project=acme-brand-prod --location=eu
      ;;
    //cloudkms.googleapis.com/*/cryptoKeys/archive) # of the records office, for what products encrypt
      enable "$project" cloudkms.googleapis.com
      gcloud kms keyrings create "${path[5]}" --project="$project" --location="${path[3]}"
      gcloud kms keys create "${path[7]}" --project="$project" --location="${path[3]}" --keyring="${path[5]}" --purpose=encryption
      ;;
    //cloudkms.googleapis.com/*)
      enable "$project" cloudkms.googleapis.com
      gcloud kms keyrings create "${path[5]}" --project="$project" --location="${path[3]}"
      gcloud kms keys create "${path[7]}" --project="$project" --location="${path[3]}" --keyring="${path[5]}" \
        --purpose=asymmetric-signing --default-algorithm=ec-sign-p256-sha256
      ;;
    //bigquery.googleapis.com/*)
      enable "$project" bigquery.googleapis.com
      gcloud alpha bq datasets create "${path[3]}" --project="$project"
      if [ "${path[5]-}" ]; then gcloud alpha bq tables create "${path[5]}" --dataset="${path[3]}" --project="$project"; fi
      ;;
    //binaryauthorization.googleapis.com/*)
      enable "$project" binaryauthorization.googleapis.com
      gcloud container binauthz attestors create "${path[3]}" --project="$project" \
        --attestation-authority-note="${path[3]}" --attestation-authority-note-project="$project"
      ;;
    //spanner.googleapis.com/*)
      enable "$project" spanner.googleapis.com
      gcloud spanner instances create "${path[3]}" --project="$project" --config=regional-europe-west3 --nodes=1 --description="${path[3]}"
      if [ "${path[5]-}" ]; then gcloud spanner databases create "${path[5]}" --instance="${path[3]}" --project="$project"; fi
      ;;
    //run.googleapis.com/*/services/*)
      enable "$project" run.googleapis.com
      gcloud run deploy "${path[5]}" --project="$project" --region="${path[3]}" --image=us-docker.pkg.dev/cloudrun/container/hello \
        --no-allow-unauthenticated
      ;;
    //secretmanager.googleapis.com/*)
      enable "$project" secretmanager.googleapis.com
      gcloud secrets create "${path[3]}" --project="$project" --replication-policy=automatic
      ;;
    *)
      echo "given.sh: how is $1 made?" >&2
      exit 2
      ;;
  esac
}

enable "$1" cloudresourcemanager.googleapis.com serviceusage.googleapis.com
case $1 in
  acme-hello-prod | acme-shop-prod) # their images lie beside them; the latter is of tests/life
    resource "//artifactregistry.googleapis.com/projects/$1/locations/europe-west1/repositories/app"
    ;;
  acme-invoices-prod) # its images too
    resource "//artifactregistry.googleapis.com/projects/$1/locations/europe-west4/repositories/app"
    ;;
  acme-parcels-prod) # and the form of what the help desk says
    enable acme-support pubsub.googleapis.com
    gcloud pubsub schemas create claim --project=acme-support --type=protocol-buffer \
      --definition='syntax = "proto3"; message Claim { string parcel = 1; string missed_by = 2; }'
    resource "//artifactregistry.googleapis.com/projects/$1/locations/europe-west3/repositories/app"
    ;;
  acme-pricing-*) # who calls the service from the same project is no part of the blueprint
    enable "$1" iam.googleapis.com
    gcloud iam service-accounts create checkout --project="$1"
    ;;
  acme-reports-prod) # the bucket of the archive
    enable "$1" storage.googleapis.com
    gcloud storage buckets create gs://acme-reports-archive --project="$1" --location=europe-west4
    ;;
  acme-rides-stg) # the platform team's certificate
    enable "$1" certificatemanager.googleapis.com
    gcloud certificate-manager maps create staging --project="$1"
    ;;
  acme-tickets-prod) # the records of its host are written there
    enable acme-dns dns.googleapis.com
    gcloud dns managed-zones create example-com --project=acme-dns --dns-name=example.com. --description=public
    ;;
esac
for name in "${@:2}"; do resource "$name"; done
case $1 in
  acme-tickets-prod) # the cache of its host, in the network of there
    there=projects/acme-network-host
    enable acme-network-host memorystore.googleapis.com networkconnectivity.googleapis.com
    gcloud network-connectivity service-connection-policies create caches --project=acme-network-host --region=europe-west3 \
      --network=$there/global/networks/shared --service-class=gcp-memorystore \
      --subnets=$there/regions/europe-west3/subnetworks/run-europe-west3
    gcloud memorystore instances create sessions --project=acme-network-host --location=europe-west3 --mode=cluster-disabled \
      --shard-count=1 --replica-count=1 --node-type=standard-small --engine-version=VALKEY_8_0 --authorization-mode=iam-auth \
      --transit-encryption-mode=server-authentication \
      --psc-auto-connections=network=$there/global/networks/shared,projectId=acme-network-host
    ;;
esac
