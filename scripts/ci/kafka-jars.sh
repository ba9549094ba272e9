#!/usr/bin/env bash
# Fetches the jars of a Kafka broker with Maven, for test/real. Does nothing when those of this pom.xml are there.
set -euo pipefail

pom="$(cd "$(dirname "$0")" && pwd)/kafka/pom.xml"
jars="${PROBE_CACHE:-$HOME/.cache/preflight-probe}/kafka-jars"

if cmp -s "$pom" "$jars/pom.xml"; then exit 0; fi

mkdir -p "$(dirname "$jars")"
fetched="$(mktemp -d "$jars.XXXXXX")"
trap 'rm -rf "$fetched"' EXIT
mvn -q -B -f "$pom" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$fetched"
cp "$pom" "$fetched/pom.xml"
rm -rf "$jars"
mv "$fetched" "$jars"
