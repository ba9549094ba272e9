#!/bin/sh
# Signs what `probe attest --unsigned` wrote, with a key that never leaves its store, and prints the envelope:
#
#   sign-elsewhere.sh statement.json SIGNER [ARGUMENT…] > attestation.json
#
# SIGNER is called with the name of a file after its arguments. It signs the bytes of that file (Ed25519; or ECDSA with the SHA of its
# curve, in DER) and prints the signature in base64.
set -eu

statement=$1
shift
bytes=$(mktemp)
trap 'rm -f "$bytes"' EXIT

# DSSE, "Signature Definition": the type and the payload, each after its length
printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < "$statement")" > "$bytes"
cat "$statement" >> "$bytes"

signature=$("$@" "$bytes")
signature=$(printf '%s' "$signature" | tr -d '\r\n')
if [ -z "$signature" ]; then
  echo "sign-elsewhere: the signer printed no signature" >&2
  exit 2
fi
payload=$(base64 < "$statement" | tr -d '\n')
printf '{"payload":"%s","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"%s"}]}\n' "$payload" "$signature"
