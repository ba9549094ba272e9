#!/usr/bin/env bash
# PySpark in a virtual environment, and beside it the jars of Kafka, Delta Lake and the JDBC driver, for test/real. Does nothing when
# these versions are there.
set -euo pipefail

version=4.0.0
pom="$(cd "$(dirname "$0")" && pwd)/spark/pom.xml"
folder="${PROBE_CACHE:-$HOME/.cache/preflight-probe}/pyspark-$version"

if [[ ! -f "$folder/installed" ]]; then
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/pip" install --quiet "pyspark==$version" pytest
  touch "$folder/installed"
fi

if ! cmp -s "$pom" "$folder/jars/pom.xml"; then
  rm -rf "$folder/jars"
  mvn -q -B -f "$pom" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$folder/jars"
  cp "$pom" "$folder/jars/pom.xml"
fi
