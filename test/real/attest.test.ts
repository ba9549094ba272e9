import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEnvelope, preAuthenticationEncoding } from '../../src/attest/envelope.ts';
import { payloadOf } from '../../src/attest/statement.ts';
import { onPath, requireTool } from '../kit/requires.ts';
import {
  attested,
  ecdsa,
  ed25519,
  type Keys,
  privatePem,
  publicPem,
  stated,
  verifying,
} from '../unit/attest/attesting.ts';

// Verifiers and signers that others wrote: they know DSSE and nothing of us.

const KINDS: readonly (readonly [string, Keys])[] = [
  ['Ed25519', ed25519()],
  ['ECDSA P-256', ecdsa('P-256')],
];

const opened = (envelope: Buffer) => {
  const parts = openEnvelope(envelope);
  if (parts === null) throw new Error('no envelope');
  return parts;
};

describe('the DSSE verifier of sigstore', () => {
  const verifier = ({ publicKey }: Keys) =>
    new Verifier(
      {
        certificateAuthorities: [],
        timestampAuthorities: [],
        tlogs: [],
        ctlogs: [],
        publicKey: () => ({ publicKey, validFor: () => true }),
      },
      { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
    );

  const asBundle = (envelope: string) =>
    bundleFromJSON({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: 'trusted' }, tlogEntries: [] },
      dsseEnvelope: JSON.parse(envelope),
    });

  test.each(KINDS)('accepts an envelope that is signed with %s, and no altered one', (_, keys) => {
    const envelope = attested({}, keys).toString('utf8');
    const verify = (text: string, by: Keys) => () => verifier(by).verify(toSignedEntity(asBundle(text)));
    expect(verify(envelope, keys)).not.toThrow();
    const altered = JSON.stringify({
      ...JSON.parse(envelope),
      payload: payloadOf(stated({ commit: '0123abc' })).toString('base64'),
    });
    expect(verify(altered, keys)).toThrow('signature verification failed');
    expect(verify(envelope, ed25519())).toThrow('signature verification failed');
  });
});

describe.skipIf(requireTool('openssl', onPath('openssl')))('openssl (needs openssl)', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'probe-attest-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const run = (command: string, args: readonly string[]) => spawnSync(command, args, { cwd: folder });
  const VERIFYING: Readonly<Record<string, (key: string, signature: string, bytes: string) => readonly string[]>> = {
    Ed25519: (key, signature, bytes) => [
      ...['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', key, '-sigfile', signature, '-in', bytes],
    ],
    'ECDSA P-256': (key, signature, bytes) => ['dgst', '-sha256', '-verify', key, '-signature', signature, bytes],
  };

  test.each(KINDS)('accepts the bytes that are signed with %s, and no others', (kind, keys) => {
    const { payload, signature } = opened(attested({}, keys));
    const bytes = preAuthenticationEncoding(payload);
    const verify = (content: Buffer) =>
      run(
        'openssl',
        VERIFYING[kind]?.(file('key', publicPem(keys)), file('sig', signature), file('bytes', content)) ?? [],
      ).status;
    expect(verify(bytes)).toBe(0);
    expect(verify(Buffer.concat([bytes, Buffer.from(' ')]))).not.toBe(0);
    expect(verify(payload)).not.toBe(0);
  });

  const SIGNING: Readonly<Record<string, string>> = {
    Ed25519: 'openssl pkeyutl -sign -rawin -inkey key -in "$1" | openssl base64 -A',
    'ECDSA P-256': 'openssl dgst -sha256 -sign key "$1" | openssl base64',
  };
  const SCRIPT = join(import.meta.dirname, '..', '..', 'docs', 'gate', 'sign-elsewhere.sh');

  test.each(KINDS)(
    'signs a statement through sign-elsewhere.sh with %s, and the envelope verifies',
    async (kind, keys) => {
      const payload = payloadOf(stated());
      file('key', privatePem(keys));
      file('statement.json', payload);
      const signed = run('sh', [SCRIPT, 'statement.json', 'sh', '-c', SIGNING[kind] ?? '', 'signer']);
      expect(signed.stderr.toString()).toBe('');
      expect((await verifying(signed.stdout, { key: createPublicKey(publicPem(keys)) })).objections).toEqual([]);
    },
  );

  test('that signs nothing makes no envelope', () => {
    file('statement.json', '{}');
    const silent = run('sh', [SCRIPT, 'statement.json', 'true']);
    expect({ status: silent.status, stdout: silent.stdout.toString() }).toEqual({ status: 2, stdout: '' });
    expect(run('sh', [SCRIPT, 'statement.json', 'false']).status).toBe(1);
  });
});

describe.skipIf(requireTool('openssl', onPath('openssl')) || requireTool('jq', onPath('jq')))(
  'the commands of docs/gate.md (needs openssl and jq)',
  () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'gate.md'), 'utf8');
    const commandsWith = (words: string): string => {
      const found = [...page.matchAll(/```sh\n(.*?)```/gs)]
        .map(([, text = '']) => text)
        .find((text) => text.includes(words));
      if (found === undefined) throw new Error(`docs/gate.md has no commands with ${words}`);
      return found.replaceAll('ci/probe-trusted.pem', 'trusted.pem');
    };
    const inFolder = (work: (folder: string) => void): void => {
      const folder = mkdtempSync(join(tmpdir(), 'probe-gate-page-'));
      try {
        work(folder);
      } finally {
        rmSync(folder, { recursive: true });
      }
    };
    const shell = (folder: string, script: string) => spawnSync('sh', ['-euc', script], { cwd: folder });

    test.each(KINDS)('verify an envelope that is signed with %s', (kind, keys) =>
      inFolder((folder) => {
        const envelope = attested({}, keys).toString('utf8');
        writeFileSync(join(folder, 'trusted.pem'), publicPem(keys));
        writeFileSync(join(folder, 'attestation.json'), envelope);
        const other = kind === 'Ed25519' ? 'openssl dgst' : 'openssl pkeyutl';
        const script = commandsWith('pkeyutl -verify').replace(new RegExp(`^${other}.*$`, 'm'), '');
        expect(shell(folder, script).stdout.toString()).toMatch(/^(Signature Verified Successfully|Verified OK)\n$/);
        writeFileSync(join(folder, 'attestation.json'), attested({ commit: '0123abc' }, ed25519()));
        expect(shell(folder, script).status).not.toBe(0);
      }),
    );

    test('bring an envelope of another writer into the form that is taken', async () => {
      const { payload, payloadType, signatures } = JSON.parse(attested().toString('utf8'));
      const foreign = { payloadType, signatures: [{ keyid: '', ...signatures[0] }], payload };
      let written = Buffer.alloc(0);
      inFolder((folder) => {
        writeFileSync(join(folder, 'cosign.json'), JSON.stringify(foreign, null, 1));
        expect(shell(folder, commandsWith('cosign.json')).status).toBe(0);
        written = readFileSync(join(folder, 'attestation.json'));
      });
      expect((await verifying(Buffer.from(JSON.stringify(foreign)))).objections).toHaveLength(1);
      expect((await verifying(written)).objections).toEqual([]);
    });
  },
);
