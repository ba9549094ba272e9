#!/bin/sh
# The gate before a deployment: attests what the evidence decides, then verifies it as anyone can. Arguments go to `probe verify`:
#
#   gate.sh --workload claims-ingest --context serverless
#   gate.sh --bundle resolved-bundle.json
#
# It exits as `probe verify` does: 0 all that is asked may run there, 1 something of it may not, 3 it is not known, 2 something is to be
# mended first.
#
# PROBE_PUBLIC_KEY    file of the trusted key: from the repository, never from where the evidence comes from
# PROBE_SIGNING_KEY   the private key itself. Where it is not set nothing is signed, and the attestation that is there is verified
# PROBE_EVIDENCE      the folder of the evidence; several stand in lines of their own
# PROBE_CONFIG        the configuration (probe.yaml where there is one; else the evidence speaks for itself)
# PROBE_ATTESTATION   the file of the attestation (attestation.json)
# PROBE               the command (probe)
set -euf

attestation=${PROBE_ATTESTATION:-attestation.json}

mend() {
  echo "gate: $1" >&2
  exit 2
}

# its words are parted by blanks, and nothing else here is
probe() { (IFS=' ' && exec ${PROBE:-probe} "$@"); }

attest() {
  if [ -n "$config" ]; then set -- "$@" --config "$config"; fi
  # shellcheck disable=SC2016 # the reference is for probe to resolve: a key is no argument
  probe attest "$@" --key '${env:PROBE_SIGNING_KEY}' --output "$attestation"
}

[ -n "${PROBE_PUBLIC_KEY:-}" ] || mend "PROBE_PUBLIC_KEY is not set: nothing is trusted"
config=${PROBE_CONFIG:-}
if [ -z "$config" ] && [ -f probe.yaml ]; then config=probe.yaml; fi

IFS='
'
if [ -n "${PROBE_SIGNING_KEY:-}" ]; then
  [ -n "${PROBE_EVIDENCE:-}" ] || mend "PROBE_EVIDENCE is not set: there is nothing to attest"
  attest ${PROBE_EVIDENCE}
  unset PROBE_SIGNING_KEY
fi

if [ -n "$config" ]; then set -- "$@" --config "$config"; fi
for folder in ${PROBE_EVIDENCE:-}; do set -- "$@" --evidence "$folder"; done
probe verify "$attestation" --key "$PROBE_PUBLIC_KEY" "$@"
