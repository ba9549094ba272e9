import { Buffer } from 'node:buffer';
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { PreflightError } from '../model/preflight-error.ts';

type Bag = forge.pkcs12.Bag;

/** What a store holds, before a key is chosen. */
export type Opened = {
  readonly keys: readonly { readonly alias: string | null; readonly key: KeyObject }[];
  readonly certificates: readonly X509Certificate[];
};

/** RFC 7292 by node-forge, which knows the old ciphers; keys and certificates then go through node:crypto. */
export function openPkcs12(bytes: Buffer, password: string | null): Opened {
  const bags = unlock(bytes, password).safeContents.flatMap((content) => content.safeBags);
  const { oids } = forge.pki;
  try {
    return {
      keys: bags
        .filter((bag) => bag.type === oids['keyBag'] || bag.type === oids['pkcs8ShroudedKeyBag'])
        .map((bag) => ({ alias: aliasOf(bag), key: keyOf(bag) })),
      certificates: bags.filter((bag) => bag.type === oids['certBag']).map(certificateOf),
    };
  } catch (error) {
    throw new PreflightError('ERR_KEYSTORE_FORMAT', 'a key or certificate in this keystore cannot be read', null, {
      cause: error,
    });
  }
}

function unlock(bytes: Buffer, password: string | null): forge.pkcs12.Pkcs12Pfx {
  const content = parse(bytes);
  try {
    return forge.pkcs12.pkcs12FromAsn1(content, password ?? '');
  } catch (error) {
    throw refusal(error, password);
  }
}

function parse(bytes: Buffer): forge.asn1.Asn1 {
  try {
    return forge.asn1.fromDer(forge.util.createBuffer(bytes.toString('latin1')));
  } catch (error) {
    throw new PreflightError('ERR_KEYSTORE_FORMAT', 'this keystore is damaged: it is no whole PKCS#12', null, {
      cause: error,
    });
  }
}

/** node-forge has no error codes. Its texts name algorithms and never content. */
function refusal(error: unknown, password: string | null): PreflightError {
  const text = error instanceof Error ? error.message : '';
  if (/password|decrypt/i.test(text)) {
    const message =
      password === null ? 'this keystore needs a password' : 'this keystore does not open with this password';
    return new PreflightError('ERR_KEYSTORE_PASSWORD', message, 'check with: keytool -list -keystore FILE', {
      cause: error,
    });
  }
  return new PreflightError('ERR_KEYSTORE_FORMAT', `this keystore cannot be read: ${text}`, null, { cause: error });
}

function aliasOf(bag: Bag): string | null {
  const attributes: unknown = bag.attributes;
  if (attributes === null || typeof attributes !== 'object' || !('friendlyName' in attributes)) return null;
  const names: unknown = attributes.friendlyName;
  return Array.isArray(names) && typeof names[0] === 'string' ? names[0] : null;
}

/** node-forge understands RSA; of any other key and certificate it keeps the ASN.1. */
function keyOf(bag: Bag): KeyObject {
  return bag.key
    ? createPrivateKey({ key: derOf(forge.pki.privateKeyToAsn1(bag.key)), format: 'der', type: 'pkcs1' })
    : createPrivateKey({ key: derOf(bag.asn1), format: 'der', type: 'pkcs8' });
}

const certificateOf = (bag: Bag): X509Certificate =>
  new X509Certificate(derOf(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1));

const derOf = (node: forge.asn1.Asn1): Buffer => Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1');
