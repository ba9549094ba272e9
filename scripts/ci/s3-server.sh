#!/usr/bin/env bash
# Builds Versity Gateway, an S3 server over a folder, from its Go module, for test/real. Does nothing when this version is there.
set -euo pipefail

version=v1.8.0
folder="${PROBE_CACHE:-$HOME/.cache/preflight-probe}/versitygw-$version"

if [[ -x "$folder/versitygw" ]]; then exit 0; fi

mkdir -p "$(dirname "$folder")"
built="$(mktemp -d "$folder.XXXXXX")"
trap 'rm -rf "$built"' EXIT
GOBIN="$built" go install "github.com/versity/versitygw/cmd/versitygw@$version"
rm -rf "$folder"
mv "$built" "$folder"
