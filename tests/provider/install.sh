#!/usr/bin/env bash
# Build the stand-in and lay out a mirror of providers in DIR, with a Terraform configuration that uses nothing else.
# usage: eval "$(tests/provider/install.sh DIR)"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# = 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
version=$(sed -n 's/^ *"version": *"\([0-9][0-9.]*\)".*/\1/p' "$here/facts.json" | head -n 1)

(cd "$here" && go build -o "$dir/provider" .) >&2

# The full name of a provider begins with the host that Terraform itself would ask: let it tell.
ask=$(mktemp -d)
trap 'rm -rf "$ask"' EXIT
printf 'terraform {\n  required_providers {\n    google = { source = "hashicorp/google" }\n  }\n}\n' >"$ask/main.tf"
prefix=$(cd "$ask" && TF_CLI_CONFIG_FILE=/dev/null terraform providers 2>&1 | sed -n 's/.*provider\[\(.*\)\/google\].*/\1/p' | head -n 1)
[ -n "$prefix" ] || { echo "$0: terraform did not say how it names providers" >&2; exit 1; }

platform=$(go env GOOS)_$(go env GOARCH)
for name in google google-beta; do
  at="$dir/mirror/$prefix/$name/$version/$platform"
  mkdir -p "$at"
  rm -f "$at"/*
  cp "$dir/provider" "$at/terraform-provider-${name}_v$version"
done
cat >"$dir/terraform.rc" <<EOF
provider_installation {
  filesystem_mirror {
    path = "$dir/mirror"
  }
}
disable_checkpoint = true
EOF
printf 'export TF_CLI_CONFIG_FILE=%q\n' "$dir/terraform.rc"
