#!/usr/bin/env bash
# Installs scanners with the clients of their registries, in the versions that src/proof.rs tells; what is there already stays.
# checkov takes a minute, trivy and tflint are built and take three minutes of processor each, the first time.
# usage: PATH=$PATH:$(tests/scanners/install.sh DIR checkov|trivy|tflint...)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 2 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift

for scanner in "$@"; do
  version=$("$here/../stated" "$scanner")
  program=$dir/$scanner-$version/bin/$scanner
  if [ ! -x "$program" ]; then
    case $scanner in
      checkov)
        python3 -m venv "$dir/$scanner-$version"
        "$dir/$scanner-$version/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt" >&2
        ;;
      trivy) (cd "$here/trivy" && go build -o "$program" .) >&2 ;;
      tflint) GOBIN=$(dirname "$program") go install "github.com/terraform-linters/tflint@v$version" >&2 ;;
      *) echo "$0: no scanner $scanner" >&2; exit 2 ;;
    esac
  fi
  mkdir -p "$dir/bin"
  ln -sf "$program" "$dir/bin/$scanner" # alone: a virtual environment brings a python3 too
done
printf '%s\n' "$dir/bin"
