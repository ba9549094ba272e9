import type { Buffer } from 'node:buffer';
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { PreflightError } from '../model/preflight-error.ts';
import { type Opened, openPkcs12 } from './keystore-pkcs12.ts';

// Opened here and not by OpenSSL 3, which refuses the RC2 and 3DES of older stores that Java still reads.

export type KeystoreType = 'PKCS12' | 'JKS' | 'PEM';

export type KeystoreOptions = {
  /** Null where it is not said. The content decides in any case: Java, too, writes PKCS#12 into files named .jks. */
  readonly type: KeystoreType | null;
  readonly password: string | null;
  /** Of the key; as in Java without regard to case. */
  readonly alias: string | null;
};

export type Keystore = {
  /** The certificate of the key; null in a store of authorities alone. */
  readonly certPem: string | null;
  /** PKCS#8, unencrypted. */
  readonly keyPem: string | null;
  /** All other certificates, those of the chain first and in its order. */
  readonly caPems: readonly string[];
};

/** Throws a PreflightError whose code begins with ERR_KEYSTORE; its message names no secret. */
export function readKeystore(bytes: Buffer, options: KeystoreOptions): Keystore {
  const type = typeOf(bytes);
  switch (type) {
    case 'PKCS12':
      return choose(openPkcs12(bytes, options.password), options.alias);
    case 'PEM':
      return choose(openPem(bytes.toString('utf8'), options.password), null);
    case 'JKS':
      throw new PreflightError(
        'ERR_KEYSTORE_JKS',
        'this keystore has the format JKS, which only Java reads',
        'convert it: keytool -importkeystore -srckeystore OLD.jks -destkeystore NEW.p12 -deststoretype PKCS12',
      );
    case null:
      throw new PreflightError(
        'ERR_KEYSTORE_FORMAT',
        `this is no keystore in the format ${options.type ?? 'PKCS12 or PEM'}`,
        'check with: keytool -list -keystore FILE',
      );
    default:
      return type satisfies never;
  }
}

/** JKS and JCEKS by their magic numbers, PKCS#12 as a DER SEQUENCE. */
function typeOf(bytes: Buffer): KeystoreType | null {
  const magic = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  if (magic === 0xfeedfeed || magic === 0xcececece) return 'JKS';
  if (bytes[0] === 0x30) return 'PKCS12';
  return bytes.includes('-----BEGIN ') ? 'PEM' : null;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

function openPem(text: string, password: string | null): Opened {
  const blocks = [...text.matchAll(BLOCK)].map(([pem, label = '']) => ({ pem, label }));
  const labelled = (end: string) => blocks.filter(({ label }) => label.endsWith(end)).map(({ pem }) => pem);
  return {
    keys: labelled('PRIVATE KEY').map((pem) => ({ alias: null, key: pemKey(pem, password) })),
    certificates: labelled('CERTIFICATE').map(certificate),
  };
}

function pemKey(pem: string, password: string | null): KeyObject {
  try {
    return createPrivateKey(password === null ? pem : { key: pem, passphrase: password });
  } catch (error) {
    const isLocked = pem.includes('ENCRYPTED');
    throw isLocked
      ? new PreflightError('ERR_KEYSTORE_PASSWORD', 'the private key does not open with this password', null, {
          cause: error,
        })
      : new PreflightError('ERR_KEYSTORE_FORMAT', 'the private key cannot be read', null, { cause: error });
  }
}

function certificate(content: string): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch (error) {
    throw new PreflightError('ERR_KEYSTORE_FORMAT', 'a certificate in it cannot be read', null, { cause: error });
  }
}

function choose({ keys, certificates }: Opened, alias: string | null): Keystore {
  const key = chosenKey(keys, alias);
  const leaf = key === null ? undefined : certificates.find((each) => each.checkPrivateKey(key));
  if (key !== null && leaf === undefined)
    throw new PreflightError('ERR_KEYSTORE_FORMAT', 'it holds no certificate for its private key');
  const others = certificates.filter((each) => each !== leaf);
  return {
    certPem: leaf?.toString() ?? null,
    keyPem: key?.export({ type: 'pkcs8', format: 'pem' }).toString() ?? null,
    caPems: chainFirst(leaf, others).map((each) => each.toString()),
  };
}

function chosenKey(keys: Opened['keys'], alias: string | null): KeyObject | null {
  const named = keys.map((each) => each.alias ?? 'without a name').join(', ');
  if (alias !== null) {
    const found = keys.find((each) => each.alias?.toLowerCase() === alias.toLowerCase());
    if (found !== undefined) return found.key;
    const held = keys.length === 0 ? 'it holds no private key at all' : `it holds: ${named}`;
    throw new PreflightError(
      'ERR_KEYSTORE_ALIAS',
      `it holds no private key with the alias ${JSON.stringify(alias)}`,
      held,
    );
  }
  if (keys.length > 1)
    throw new PreflightError(
      'ERR_KEYSTORE_ALIAS',
      `it holds ${keys.length} private keys: ${named}`,
      'name one with alias',
    );
  return keys[0]?.key ?? null;
}

/** TLS 1.2 wants each certificate to be followed by the one that certifies it (RFC 5246 7.4.2). */
function chainFirst(leaf: X509Certificate | undefined, others: readonly X509Certificate[]): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let below = leaf;
  while (below !== undefined) {
    const issued: X509Certificate = below;
    below = others.find((each) => !chain.includes(each) && issued.checkIssued(each));
    if (below !== undefined) chain.push(below);
  }
  return [...chain, ...others.filter((each) => !chain.includes(each))];
}
