#!/usr/bin/env bash
# Compare the stand-in's verdict on each case with the real provider's, which stands behind the case's name in cases.txt.
# usage: testdata/run.sh [CASE...]; TF_CLI_CONFIG_FILE must be the one that install.sh printed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/cases" "$work/root"
awk -v dir="$work/cases" '/^=== /{close(f); sub(/:$/, "", $2); f = dir "/" $2 "=" $3; printf "" >f; next} {print >f}' "$here/cases.txt"
cd "$work/root"
printf 'terraform {\n  required_providers {\n    google = { source = "hashicorp/google" }\n  }\n}\n' >versions.tf
terraform init -no-color >init.log || { cat init.log >&2; exit 2; }
# What the real provider says, it says without the strict mode.
unset RAVELIN_PROVIDER_STRICT
n=0 bad=0
for file in "$work"/cases/*; do
  name=$(basename "$file") want=${file##*=}
  [ $# = 0 ] || [[ " $* " == *" ${name%=*} "* ]] || continue
  cp "$file" main.tf
  if terraform validate -json >out.json; then got=ok; else got=error; fi
  n=$((n + 1))
  [ "$got" = "$want" ] || { bad=$((bad + 1)); echo "${name%=*}: the real provider says $want, the stand-in says $got"; }
done
echo "$n cases, $bad differ"
[ "$n" -gt 0 ] && [ "$bad" = 0 ]
