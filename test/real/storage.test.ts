import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import { containerIn, createContainerOverTls, startAzurite } from '../kit/azurite.ts';
import { openKeep, openWorkspace } from '../kit/cli.ts';
import { probeAll, saidOfEach } from '../kit/real-run.ts';
import { requireTool } from '../kit/requires.ts';
import { farOff } from './nginx-server.ts';
import { gatewayIsHere, startRealS3 } from './s3-server.ts';
import { type ContextRun, openContexts, runIn } from './storage-runs.ts';

type Served = {
  readonly target: object;
  /** The names of all that is there. */
  names(): Promise<readonly string[]>;
};

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

type Folder = Served & { readonly target: { readonly type: string; readonly url: string } };

async function aFolder(): Promise<Folder> {
  const { path } = await keep(openWorkspace());
  const folder = path('volume');
  mkdirSync(folder);
  return { target: { type: 'storage', url: folder }, names: async () => readdirSync(folder) };
}

async function inAzurite(): Promise<Served> {
  const [account] = (await keep(startAzurite())).accounts;
  if (account === undefined) throw new Error('Azurite has no account');
  const container = containerIn(account, 'raw');
  await container.create();
  return {
    target: {
      type: 'storage',
      url: `abfss://raw@${account.name}.dfs.core.windows.net/hand/off`,
      endpoint: account.endpoint,
      accountKey: account.key,
    },
    async names() {
      const names: string[] = [];
      for await (const { name } of container.listBlobsFlat()) names.push(name.replace('hand/off/', ''));
      return names;
    },
  };
}

async function inS3(): Promise<Served> {
  const s3 = await keep(startRealS3());
  const { endpoint, accessKeyId, secretAccessKey, folder, bucket } = s3;
  return {
    target: { type: 'storage', url: `s3://${bucket}/hand/off`, endpoint, accessKeyId, secretAccessKey },
    names: async () => readdirSync(join(folder, bucket, 'hand', 'off')),
  };
}

const nameOf = (context: string, { run }: ContextRun): string => `preflight-probe-${context}-${run}.canary`;

function testHandoff(serve: () => Promise<Served>): void {
  test('a canary of one context is read in every other, with the same digest, until its own next run', async () => {
    const { target, names } = await serve();
    const workspace = await keep(openContexts({ handoff: target }));
    const arrived = (context: string, { run, seen }: ContextRun) => ({
      context,
      run,
      digest: seen['handoff']?.[0]?.wrote,
    });
    const firstOf = ({ seen }: ContextRun) => seen['handoff']?.[0];

    const dedicated = await runIn(workspace, 'dedicated');
    expect(dedicated.seen['handoff']).toHaveLength(5);
    expect(firstOf(dedicated)).toMatchObject({ read: [], damaged: 0, deletes: null });
    // one canary a run, whatever the number of attempts
    expect(new Set(dedicated.seen['handoff']?.map((seen) => seen.wrote)).size).toBe(1);
    expect(await names()).toEqual([nameOf('dedicated', dedicated)]);

    const serverless = await runIn(workspace, 'serverless');
    expect(firstOf(serverless)).toMatchObject({ read: [arrived('dedicated', dedicated)], damaged: 0, deletes: null });
    expect(serverless.seen['handoff']?.slice(1).map((seen) => seen.read)).toEqual([[], [], [], []]);

    // the third one comes after another has read
    const pod = await runIn(workspace, 'pod');
    expect(firstOf(pod)?.read).toHaveLength(2);
    expect(firstOf(pod)?.read).toEqual(
      expect.arrayContaining([arrived('dedicated', dedicated), arrived('serverless', serverless)]),
    );

    const back = await runIn(workspace, 'dedicated');
    expect(firstOf(back)).toMatchObject({ damaged: 0, deletes: true });
    expect(firstOf(back)?.read).toHaveLength(2);
    expect(firstOf(back)?.read).toEqual(
      expect.arrayContaining([arrived('serverless', serverless), arrived('pod', pod)]),
    );
    expect([...(await names())].sort()).toEqual(
      [nameOf('dedicated', back), nameOf('serverless', serverless), nameOf('pod', pod)].sort(),
    );
    const findings = back.report.targets[0]?.findings.filter(({ rule }) => rule.startsWith('storage/'));
    expect(findings?.map(({ rule, verdict, observed }) => `${rule} ${verdict}: ${observed}`).sort()).toEqual([
      'storage/canaries-deleted pass: in 1 of 1 attempts',
      'storage/handoff-whole pass: 2 read whole, of pod, serverless',
      'storage/read-back pass: in 5 of 5 attempts',
    ]);
  });
}

describe('a folder of this machine', () => {
  testHandoff(aFolder);

  test('keeps the canaries of processes that were started at once, and the next launch of a later hour clears them away', async () => {
    const { target, names } = await aFolder();
    const workspace = await keep(openContexts({ handoff: target }));
    const launch = () =>
      Promise.all(
        [0, 1, 2].map((index) =>
          runIn(workspace, 'serverless', { PROBE_PROCESS_INDEX: `${index}`, PROBE_PROCESSES: '3' }),
        ),
      );
    const first = await launch();
    expect([...(await names())].sort()).toEqual(first.map((one) => nameOf('serverless', one)).sort());

    const thenSeconds = Date.now() / 1_000 - 3_700;
    for (const name of await names()) utimesSync(join(target.url, name), thenSeconds, thenSeconds);
    const second = await launch();
    expect([...(await names())].sort()).toEqual(second.map((one) => nameOf('serverless', one)).sort());
    for (const { seen } of [...first, ...second])
      expect(seen['handoff']).toMatchObject(Array.from({ length: 5 }, () => ({ back: 'same' })));
  });
});

/** Whether this process may make a namespace of mounts, and a read-only mount in it. */
const canMount = (): boolean => spawnSync('unshare', ['--mount', 'true'], { stdio: 'ignore' }).status === 0;

describe.skipIf(requireTool('mount', canMount()))('a mount that is read-only (needs root and unshare)', () => {
  test('is said to be, and nothing is written', async () => {
    const workspace = await keep(
      openWorkspace({
        version: 1,
        sampling: { profile: 'quick', pace: '50/s' },
        targets: { handoff: { type: 'storage', url: '/mnt' } },
        contexts: { here: { ephemeral: false } },
      }),
    );
    const mounted = 'mount -t tmpfs -o ro none /mnt && exec "$@"';
    const args = [CLI, 'all', '--context', 'here', '--report', 'json'];
    const { status, stdout } = spawnSync('unshare', ['--mount', 'sh', '-c', mounted, 'sh', process.execPath, ...args], {
      cwd: workspace.folder,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(JSON.parse(stdout).targets[0].failures).toMatchObject([
      { stage: 'request', cause: 'storage-read-only', code: 'EROFS', detail: 'write: EROFS: read-only file system' },
    ]);
  });
});

describe('Azurite', () => {
  testHandoff(inAzurite);

  test('sees one rejection of a wrong key, however many targets use the account', async () => {
    const azurite = await keep(startAzurite());
    const [account] = azurite.accounts;
    const target = (container: string) => ({
      type: 'storage',
      url: `abfss://${container}@${account?.name}.dfs.core.windows.net`,
      endpoint: account?.endpoint,
      accountKey: Buffer.alloc(64, 7).toString('base64'),
    });
    const { targets } = await probeAll({ one: target('one'), two: target('two'), three: target('three') });

    expect(azurite.statuses()).toEqual([403]);
    expect(Object.values(saidOfEach(targets)).sort()).toEqual([
      'fail request login-rejected',
      'inconclusive',
      'inconclusive',
    ]);
  });

  test('is reached over TLS, and its certificate is watched', async () => {
    const authority = mintAuthority('Storage CA');
    const identity = authority.issue({
      commonName: 'blob',
      altNames: ['127.0.0.1'],
      usage: 'server',
      notAfter: farOff(),
    });
    const [account] = (await keep(startAzurite({ identity }))).accounts;
    if (account === undefined) throw new Error('Azurite has no account');
    await createContainerOverTls(account, 'raw', authority.certPem);
    const target = {
      type: 'storage',
      url: `abfss://raw@${account.name}.dfs.core.windows.net`,
      endpoint: account.endpoint,
      sasToken: account.sas('raw', 'rcwdl'),
    };
    const ca = { pem: authority.certPem };
    const { targets } = await probeAll({
      trusted: { ...target, ca },
      'ends-soon': { ...target, ca, expect: { certificateDays: 365 } },
      untrusted: target,
    });

    expect(saidOfEach(targets)).toEqual({
      trusted: 'pass',
      'ends-soon': 'fail',
      untrusted: 'fail tls issuer-not-trusted',
    });
  });
});

describe.skipIf(requireTool('s3', gatewayIsHere()))('an S3 server that is not ours (needs Versity Gateway)', () => {
  testHandoff(inS3);

  test('is asked for nothing but four things, by our own name', async () => {
    const s3 = await keep(startRealS3());
    const { endpoint, accessKeyId, secretAccessKey, bucket } = s3;
    const target = { type: 'storage', url: `s3://${bucket}`, endpoint, accessKeyId, secretAccessKey };
    const workspace = await keep(openContexts({ handoff: target }));
    await runIn(workspace, 'dedicated');
    await runIn(workspace, 'serverless');
    await runIn(workspace, 'dedicated');

    const once = ['PutObject 200', 'GetObject 200', 'ListObjectsV2 200'];
    const again = [once, once, once, once].flat();
    expect(s3.requests().map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      ...[...once, 'ListObjectsV2 200', ...again],
      ...[...once, 'ListObjectsV2 200', 'GetObject 200', ...again],
      ...[...once, 'ListObjectsV2 200', 'GetObject 200', 'DeleteObject 200', ...again],
    ]);
    for (const { userAgent } of s3.requests()) expect(userAgent).toMatch(/^preflight-probe\/[0-9a-f]{8}$/);
  });

  test('says what is wrong', async () => {
    const { endpoint, accessKeyId, secretAccessKey, bucket } = await keep(startRealS3());
    const target = { type: 'storage', url: `s3://${bucket}`, endpoint, accessKeyId, secretAccessKey };
    const { targets } = await probeAll({
      right: target,
      'no-bucket': { ...target, url: 's3://claims-gone' },
      'wrong-region': { ...target, region: 'eu-central-1' },
      'unknown-key': { ...target, accessKeyId: 'AKUNKNOWN' },
    });

    expect(saidOfEach(targets)).toEqual({
      right: 'pass',
      'no-bucket': 'fail request storage-not-found',
      'wrong-region': 'fail request storage-elsewhere',
      'unknown-key': 'fail request login-rejected',
    });
  });

  test('sees one rejection of a wrong secret, however many targets use the key', async () => {
    const s3 = await keep(startRealS3());
    const { endpoint, accessKeyId, bucket } = s3;
    const target = (prefix: string) => ({
      type: 'storage',
      url: `s3://${bucket}/${prefix}`,
      endpoint,
      accessKeyId,
      secretAccessKey: 'not the secret',
    });
    const { targets } = await probeAll({ one: target('one'), two: target('two'), three: target('three') });

    expect(s3.requests().map(({ outcome }) => outcome)).toEqual(['SignatureDoesNotMatch']);
    expect(Object.values(saidOfEach(targets)).sort()).toEqual([
      'fail request login-rejected',
      'inconclusive',
      'inconclusive',
    ]);
  });

  test('may end the connection after every answer', async () => {
    const { endpoint, accessKeyId, secretAccessKey, bucket } = await keep(startRealS3({ keepsAlive: false }));
    const target = { type: 'storage', url: `s3://${bucket}`, endpoint, accessKeyId, secretAccessKey };
    const { targets } = await probeAll({ handoff: target });

    expect(saidOfEach(targets)).toEqual({ handoff: 'pass' });
  });

  test('is reached over TLS', async () => {
    const authority = mintAuthority('Storage CA');
    const identity = authority.issue({
      commonName: 's3',
      altNames: ['127.0.0.1'],
      usage: 'server',
      notAfter: farOff(),
    });
    const { endpoint, accessKeyId, secretAccessKey, bucket } = await keep(startRealS3({ identity }));
    const target = { type: 'storage', url: `s3://${bucket}`, endpoint, accessKeyId, secretAccessKey };
    const { targets } = await probeAll({ trusted: { ...target, ca: { pem: authority.certPem } }, untrusted: target });

    expect(saidOfEach(targets)).toEqual({ trusted: 'pass', untrusted: 'fail tls issuer-not-trusted' });
  });
});

describe('a client library is loaded', () => {
  const S3 = { url: 's3://claims-raw', endpoint: 'http://127.0.0.9:9', accessKeyId: 'AK', secretAccessKey: 'SK' };

  /** What Node tells of the modules that a command of this configuration loads. */
  async function loadedBy(args: readonly string[]): Promise<string> {
    const { folder } = await keep(openContexts({ handoff: { type: 'storage', ...S3 } }));
    const env = { PATH: process.env['PATH'], NODE_DEBUG: 'esm,module' };
    const options = { cwd: folder, env, encoding: 'utf8', maxBuffer: 2 ** 30 } as const;
    const { stderr } = spawnSync(process.execPath, [CLI, ...args], options);
    expect(stderr).toContain('cli.js');
    return stderr;
  }

  test.each([[['--version']], [['check']], [['plan', '--context', 'dedicated']]])('by %j not at all', async (args) => {
    expect(await loadedBy(args)).not.toMatch(/@aws-sdk|@azure/);
  });

  test('by a run only where a target needs it', async () => {
    const loaded = await loadedBy(['all', '--context', 'dedicated']);
    expect(loaded).toContain('@aws-sdk/client-s3');
    expect(loaded).not.toContain('@azure');
  });
});
