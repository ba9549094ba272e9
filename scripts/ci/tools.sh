#!/usr/bin/env bash
# Installs the Debian packages whose commands the tests need, and only those that are missing.
set -euo pipefail

missing=()
need() { command -v "$1" > /dev/null || missing+=("$2"); }

need git git
need curl curl
need openssl openssl
need jq jq
need python3 python3
need nginx nginx
need kcat kcat
need tsql freetds-bin
/usr/bin/python3 -c 'import kafka' 2> /dev/null || missing+=(python3-kafka)
need gcc gcc
# of the launcher for Databricks; its wheel is built and installed by pip
python3 -c 'import pytest, pip' 2> /dev/null || missing+=(python3-pytest python3-pip)
# of Spark, which pip installs into an environment of its own
python3 -c 'import ensurepip' 2> /dev/null || missing+=(python3-venv)
need java openjdk-17-jdk-headless
need mvn maven
need ip iproute2
need nft nftables
need qemu-aarch64-static qemu-user-static
[[ -e /usr/aarch64-linux-gnu/lib/libstdc++.so.6 ]] || missing+=(libstdc++6-arm64-cross)

if ((${#missing[@]} == 0)); then exit 0; fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "${missing[@]}" > /dev/null
