import { Buffer } from 'node:buffer';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { appendFileSync, copyFileSync, cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { envelopeText, openEnvelope, preAuthenticationEncoding } from '../../src/attest/envelope.ts';
import { signatureOf } from '../../src/attest/keys.ts';
import { payloadOf } from '../../src/attest/statement.ts';
import { type Statement, statement } from '../../src/model/statement.ts';
import type { Ended } from '../kit/cli.ts';
import { type Attesting, addRun, filesIn, openAttesting, textOf } from './attesting.ts';

let here: Attesting;
beforeAll(async () => {
  here = await openAttesting();
  const attested = await probe('attest', 'runs', '--key', 'signing.pem', '--output', 'attestation.json');
  if (attested.exit !== 0) throw new Error(attested.stderr);
}, 120_000);
afterAll(() => here?.[Symbol.asyncDispose]());

const probe = (...args: readonly string[]): Promise<Ended> => here.workspace.probe(args);
const path = (name: string): string => here.workspace.path(name);
const verify = (...args: readonly string[]): Promise<Ended> => probe('verify', '--key', 'trusted.pem', ...args);
const INGEST_ON_DEDICATED = ['--workload', 'claims-ingest', '--context', 'dedicated'];

const statementIn = (envelope: Buffer): Statement => {
  const payload = openEnvelope(envelope)?.payload;
  if (payload === undefined) throw new Error(`no envelope: ${envelope}`);
  return statement.parse(JSON.parse(payload.toString('utf8')));
};
const attestation = (): Statement => statementIn(Buffer.from(textOf(path('attestation.json'))));

/** Signed with the right key, and not what the evidence decided. */
function forge(name: string, change: (written: Statement) => void): string {
  const changed = attestation();
  change(changed);
  const payload = payloadOf(changed);
  const signature = signatureOf(preAuthenticationEncoding(payload), here.signing);
  return here.workspace.write(name, envelopeText({ payload, signature }));
}

describe('probe attest', () => {
  test('writes one envelope to standard output, and says on standard error what it holds', async () => {
    const { exit, stdout, stderr } = await probe('attest', 'runs', '--key', 'signing.pem');
    expect(exit).toBe(0);
    expect(stderr).toMatch(/^probe: attested until \S+Z: claims-ingest on dedicated, member-360 on dedicated\n$/);
    const { subject, predicate } = statementIn(Buffer.from(stdout));
    expect(subject).toHaveLength(filesIn(path('runs')).length + 2);
    const digest = createHash('sha256')
      .update(textOf(path('runs/run-00.ndjson')))
      .digest('hex');
    expect(subject).toContainEqual({ name: 'evidence/run-00.ndjson', digest: { sha256: digest } });
    expect(predicate).toMatchObject({ commit: null, lab: false, tool: { name: 'preflight-probe' } });
    expect(Date.parse(predicate.expiresAt) - Date.parse(predicate.decidedAt)).toBe(30 * 86_400_000);
  });

  test('exits 0 whatever the evidence decides', async () => {
    const { exit, stdout } = await probe('attest', 'one', '--key', 'signing.pem');
    expect(exit).toBe(0);
    expect(statementIn(Buffer.from(stdout)).predicate.workloads[0]?.placement).toBeNull();
  });

  test('writes the statement alone for another signer, byte for byte what is to be signed', async () => {
    const { exit, stdout } = await probe('attest', 'runs', '--unsigned');
    expect(exit).toBe(0);
    expect(payloadOf(statement.parse(JSON.parse(stdout))).toString('utf8')).toBe(stdout);
  });

  test.each([
    ['GITHUB_SHA', { GITHUB_SHA: 'A'.repeat(40) }, 'a'.repeat(40)],
    ['BUILD_SOURCEVERSION', { BUILD_SOURCEVERSION: '1'.repeat(40) }, '1'.repeat(40)],
    ['CI_COMMIT_SHA', { CI_COMMIT_SHA: '2'.repeat(64) }, '2'.repeat(64)],
    ['none, where it is no commit', { BUILD_SOURCEVERSION: 'C1234' }, null],
  ])('takes the commit from %s', async (_, env, commit) => {
    const { stdout } = await here.workspace.probe(['attest', 'runs', '--key', 'signing.pem'], { env });
    expect(statementIn(Buffer.from(stdout)).predicate.commit).toBe(commit);
  });

  test('takes commit and expiry from the command line, and the key from a variable', async () => {
    const args = ['--commit', '0123ABC', '--expires', '12h', '--key', `\${env:KEY}`];
    const env = { KEY: textOf(path('signing.pem')), GITHUB_SHA: 'f'.repeat(40) };
    const { exit, stdout } = await here.workspace.probe(['attest', 'runs', ...args], { env });
    expect(exit).toBe(0);
    const { commit, expiresAt, decidedAt } = statementIn(Buffer.from(stdout)).predicate;
    expect(commit).toBe('0123abc');
    expect(Date.parse(expiresAt) - Date.parse(decidedAt)).toBe(12 * 3_600_000);
    expect((await verify(here.workspace.write('by-variable.json', stdout))).exit).toBe(0);
  });

  const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });

  test.each<[string, readonly string[], RegExp]>([
    ['no key', [], /neither --key nor --unsigned/],
    ['a key, and none', ['--key', 'signing.pem', '--unsigned'], /both --key and --unsigned/],
    ['a public key', ['--key', 'trusted.pem'], /trusted\.pem is a public key/],
    ['an RSA key', ['--key', 'rsa.pem'], /of a kind that is not used here \(rsa\)/],
    ['a key that is not there', ['--key', 'nowhere.pem'], /nowhere\.pem cannot be read \(ENOENT\)/],
    ['a variable that is not set', ['--key', `\${env:NOWHERE}`], /NOWHERE is not set/],
    ['no commit', ['--key', 'signing.pem', '--commit', 'main'], /no commit: main/],
    [
      'an expiry beyond the policy',
      ['--key', 'signing.pem', '--expires', '31d'],
      /longer than policy\.maxAge \(30 days\)/,
    ],
    ['an expiry without a unit', ['--key', 'signing.pem', '--expires', '30'], /--expires 30 is no span/],
    [
      'a file that cannot be written',
      ['--key', 'signing.pem', '--output', 'nowhere/a.json'],
      /cannot be written \(ENOENT\)/,
    ],
  ])('exits 2 and writes nothing with %s', async (_, args, message) => {
    here.workspace.write('rsa.pem', RSA.toString());
    const { exit, stdout, stderr } = await probe('attest', 'runs', ...args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('never shows a key, also where it stands on the command line', async () => {
    const pem = textOf(path('signing.pem'));
    const { exit, stdout, stderr } = await probe('attest', 'runs', '--key', pem);
    expect(exit).toBe(2);
    expect(stderr).toContain('--key takes the name of a key and not the key');
    expect(stdout + stderr).not.toContain(pem.split('\n')[1]);
  });
});

describe('probe verify', () => {
  test('says in one line that a workload may run there, and until when', async () => {
    const { expiresAt } = attestation().predicate;
    expect(await verify('attestation.json', ...INGEST_ON_DEDICATED)).toEqual({
      exit: 0,
      stdout: `verified: claims-ingest may run on dedicated until ${expiresAt}\n`,
      stderr: '',
    });
  });

  test('holds for the evidence and the configuration that it was made from', async () => {
    const args = [...INGEST_ON_DEDICATED, '--evidence', 'runs', '--config', 'probe.yaml'];
    expect(await verify('attestation.json', ...args)).toMatchObject({ exit: 0, stderr: '' });
  });

  test('gives every workload a place where none is named, and tells what else the statement says', async () => {
    const { exit, stdout } = await verify('attestation.json', '--verbose');
    expect(exit).toBe(0);
    expect(stdout).toMatch(
      /^verified: claims-ingest may run on dedicated until \S+\nverified: member-360 may run on dedicated until \S+; declared to connect to nothing, and no evidence stands behind it\n/,
    );
    expect(stdout).toContain('\nevidence: 33 runs count on dedicated from driver, ');
    expect(stdout).toContain('\npolicy: {"profile":"gate"');
  });

  const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();

  test.each<[string, number, readonly string[], string | RegExp]>([
    [
      'a context without evidence',
      3,
      ['--workload', 'claims-ingest', '--context', 'serverless'],
      /^undetermined: claims-ingest on serverless: undetermined\. /,
    ],
    [
      'a workload that is not there',
      3,
      ['--workload', 'x', '--context', 'dedicated'],
      /^undetermined: x is no workload of this statement/,
    ],
    ['a day after it expired', 3, ['--at', days(31).slice(0, 10)], /^undetermined: expired at /],
    ['a moment before it was made', 3, ['--at', days(-1)], /^undetermined: not yet valid at /],
  ])('exits with a reason for %s', async (_, exit, args, says) => {
    const found = await verify('attestation.json', ...args);
    expect(found).toMatchObject({ exit, stderr: '' });
    expect(found.stdout).toMatch(says);
  });

  test('as of a date within its term it holds, whatever the date is now', async () => {
    expect(await verify('attestation.json', '--at', days(29).slice(0, 10))).toMatchObject({ exit: 0 });
  });

  test.each<[string, readonly string[], RegExp]>([
    ['no key', ['verify', 'attestation.json'], /no key was named/],
    ['a private key', ['verify', 'attestation.json', '--key', 'signing.pem'], /signing\.pem is a private key/],
    ['a key that is not there', ['verify', 'attestation.json', '--key', 'nowhere.pem'], /cannot be read \(ENOENT\)/],
    [
      'an attestation that is not there',
      ['verify', 'nowhere.json', '--key', 'trusted.pem'],
      /nowhere\.json cannot be read \(ENOENT\)/,
    ],
    [
      'evidence that is not there',
      ['verify', 'attestation.json', '--key', 'trusted.pem', '--evidence', 'nowhere'],
      /nowhere cannot be used \(ENOENT\)/,
    ],
    [
      'a configuration that is not there',
      ['verify', 'attestation.json', '--key', 'trusted.pem', '--config', 'nowhere.yaml'],
      /no configuration at nowhere\.yaml/,
    ],
    [
      'a bundle that is none',
      ['verify', 'attestation.json', '--key', 'trusted.pem', '--bundle', 'trusted.pem'],
      /^probe: trusted\.pem: not a bundle/,
    ],
    [
      'half a question',
      ['verify', 'attestation.json', '--key', 'trusted.pem', '--workload', 'claims-ingest'],
      /1 times --workload and 0 times --context/,
    ],
    ['no date', ['verify', 'attestation.json', '--key', 'trusted.pem', '--at', 'tomorrow'], /--at tomorrow is no date/],
    ['no file', ['verify', '--key', 'trusted.pem'], /missing required argument 'file'/],
  ])('exits 2 with %s', async (_, args, message) => {
    const { exit, stdout, stderr } = await probe(...args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test.each<[string, (text: string) => string]>([
    ['altered', (text) => text.replace(/[A-Z]/, (sign) => (sign === 'A' ? 'B' : 'A'))],
    ['written with a keyid', (text) => text.replace('{"sig"', '{"keyid":"","sig"')],
    ['unsigned', (text) => Buffer.from(JSON.parse(text).payload, 'base64').toString('utf8')],
    ['empty', () => ''],
  ])('exits 1 for one that is %s', async (name, change) => {
    const file = here.workspace.write(`${name}.json`, change(textOf(path('attestation.json'))));
    const { exit, stdout } = await verify(file);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^refused: .*\n$/);
  });

  test('trusts the key that it is given and none that lies about', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    here.workspace.write('other.pem', publicKey.export({ type: 'spki', format: 'pem' }).toString());
    expect(await probe('verify', '--key', 'other.pem', 'attestation.json')).toMatchObject({
      exit: 1,
      stdout: 'refused: the signature does not hold: altered, or signed with another key\n',
    });
  });
});

describe('given the evidence', () => {
  const withEvidence = (folder: string, file = 'attestation.json') =>
    verify(file, ...INGEST_ON_DEDICATED, '--evidence', folder, '--config', 'probe.yaml');

  test.each<[string, number, string, (folder: string) => void]>([
    [
      'altered by one byte',
      1,
      'refused: altered since it was attested: run-07.ndjson\n',
      (folder) => appendFileSync(`${folder}/run-07.ndjson`, '\n'),
    ],
    [
      'that lacks a run',
      3,
      'undetermined: attested, and not in the evidence: run-07.ndjson\n',
      (folder) => rmSync(`${folder}/run-07.ndjson`),
    ],
    [
      'that has a run more',
      3,
      'undetermined: in the evidence, and not attested: run-99.ndjson. Where they are later runs, attest again.\n',
      () => addRun(here.workspace, 'changed', { index: 99, at: Date.now() - 60_000 }),
    ],
  ])('%s, a statement does not hold', async (_, exit, stdout, change) => {
    rmSync(path('changed'), { recursive: true, force: true });
    cpSync(path('runs'), path('changed'), { recursive: true });
    change(path('changed'));
    expect(await withEvidence('changed')).toEqual({ exit, stdout, stderr: '' });
  });

  test('in another folder it holds as well', async () => {
    cpSync(path('runs'), path('moved'), { recursive: true });
    expect((await withEvidence('moved')).exit).toBe(0);
  });

  test('a statement of its key’s owner that says more than the evidence is refused', async () => {
    const forged = forge('forged.json', ({ predicate: { workloads } }) => {
      const cell = workloads[0]?.cells.find(({ context }) => context === 'serverless');
      if (cell !== undefined) Object.assign(cell, { placement: 'suitable', missing: [] });
    });
    expect((await verify(forged, '--workload', 'claims-ingest', '--context', 'serverless')).exit).toBe(0);
    expect(await withEvidence('runs', forged)).toMatchObject({
      exit: 1,
      stdout: 'refused: claims-ingest on serverless: the statement says suitable, and this evidence undetermined\n',
    });
  });

  test('the configuration must be named: the one that lies here is not looked for', async () => {
    expect(await verify('attestation.json', '--evidence', 'runs')).toMatchObject({
      exit: 3,
      stdout: 'undetermined: it was decided by a configuration: name it with --config, to decide again\n',
    });
  });

  test('and none is looked for where the statement was made without one', async () => {
    cpSync(path('probe.yaml'), path('elsewhere.yaml'));
    rmSync(path('probe.yaml'));
    try {
      expect((await probe('attest', 'runs', '--key', 'signing.pem', '--output', 'bare.json')).exit).toBe(0);
    } finally {
      copyFileSync(path('elsewhere.yaml'), path('probe.yaml'));
    }
    expect(await verify('bare.json', ...INGEST_ON_DEDICATED, '--evidence', 'runs')).toMatchObject({ exit: 0 });
    expect(await verify('bare.json', '--config', 'probe.yaml')).toMatchObject({
      exit: 3,
      stdout: 'undetermined: it was attested without a configuration: attest again with --config\n',
    });
  });
});

describe('given the configuration', () => {
  test.each<[string, (config: Attesting['config']) => object, number, string | null]>([
    ['with other sampling', (config) => ({ ...config, sampling: { profile: 'gate', pace: '1/s' } }), 0, null],
    [
      'with another target that no workload uses',
      (config) => ({ ...config, targets: { ...config.targets, spare: { type: 'tcp', host: '127.0.0.1', port: 1 } } }),
      0,
      null,
    ],
    ['under another policy', (config) => ({ ...config, policy: { tolerableFailedRuns: '5%' } }), 3, 'policy'],
    ['under another profile', (config) => ({ ...config, sampling: { profile: 'strict', pace: '200/s' } }), 3, 'policy'],
    [
      'with another allowlist',
      (config) => ({
        ...config,
        targets: { 'claims-db': { ...config.targets['claims-db'], firewallAllows: ['203.0.113.0/24'] } },
      }),
      3,
      'targets',
    ],
    [
      'with another workload',
      (config) => ({ ...config, workloads: { ...config.workloads, more: { uses: 'none' } } }),
      3,
      'workloads',
    ],
    [
      'with another context',
      (config) => ({ ...config, contexts: { ...config.contexts, dedicated: {} } }),
      3,
      'contexts',
    ],
  ])('%s', async (_, change, exit, section) => {
    here.workspace.write('changed.yaml', `# a comment\n${stringify(change(here.config))}`);
    const found = await verify('attestation.json', ...INGEST_ON_DEDICATED, '--config', 'changed.yaml');
    expect(found.exit).toBe(exit);
    if (section !== null) {
      expect(found.stdout).toBe(`undetermined: the configuration has changed since (${section}): attest again\n`);
    }
  });
});

describe('given a bundle', () => {
  test('the one that probe decide emits holds', async () => {
    const emitted = await probe('decide', 'runs', '--emit', 'databricks');
    const file = here.workspace.write('placed.yml', emitted.stdout);
    expect(
      await verify('attestation.json', '--bundle', file, '--evidence', 'runs', '--config', 'probe.yaml'),
    ).toMatchObject({ exit: 0 });
  });

  const job = (task: object): string => stringify({ resources: { jobs: { nightly: { tasks: [task] } } } });

  test.each<[string, string, readonly string[], number, string]>([
    [
      'on a context that is undetermined',
      job({ task_key: 'claims-ingest', environment_key: 'serverless' }),
      [],
      3,
      'undetermined: claims-ingest on serverless',
    ],
    [
      'on a context that the statement does not name',
      job({ task_key: 'claims-ingest', job_cluster_key: 'main' }),
      [],
      1,
      'refused: bundle task nightly.claims-ingest: runs on main',
    ],
    [
      'with a workload that it does not name',
      job({ task_key: 'other', job_cluster_key: 'dedicated' }),
      [],
      1,
      'refused: bundle task nightly.other: other is no workload',
    ],
    [
      'with names of its own',
      job({ task_key: 'load', job_cluster_key: 'main' }),
      ['--task', 'load=claims-ingest', '--compute', 'main=dedicated'],
      0,
      'verified: claims-ingest may run on dedicated',
    ],
    ['without a task', 'bundle: { name: x }', [], 3, 'undetermined: the bundle bundle.yml has no task'],
    [
      'that includes others',
      `include: [x.yml]\n${job({ task_key: 'claims-ingest', job_cluster_key: 'dedicated' })}`,
      [],
      3,
      'undetermined: the bundle bundle.yml must be resolved first',
    ],
  ])('%s', async (_, text, args, exit, says) => {
    here.workspace.write('bundle.yml', text);
    const found = await verify('attestation.json', '--bundle', 'bundle.yml', ...args);
    expect(found.exit).toBe(exit);
    expect(found.stdout).toContain(says);
  });
});

describe('evidence of a lab', () => {
  test('is marked in the statement, and taken only where that is asked for', async () => {
    const lab = { bootId: 'lab-host', at: new Date(Date.now() - 3_600_000).toISOString() };
    writeFileSync(path('lab.yaml'), stringify({ ...here.config, lab }));
    expect((await probe('all', '--config', 'lab.yaml', '--context', 'dedicated', '--evidence', 'lab')).exit).not.toBe(
      2,
    );
    expect(existsSync(path('lab'))).toBe(true);
    expect((await probe('attest', 'lab', '--key', 'signing.pem', '--output', 'lab.json')).stderr).toContain(
      'from evidence of a lab',
    );
    const asked = ['--workload', 'member-360', '--context', 'dedicated'];
    expect(await verify('lab.json', ...asked)).toMatchObject({
      exit: 3,
      stdout: expect.stringMatching(/^undetermined: made from evidence of a lab/),
    });
    expect(await verify('lab.json', ...asked, '--accept-lab')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/; from evidence of a lab\n$/),
    });
  });
});

test('waivers that a statement rests on are always told', async () => {
  const waived = forge('waived.json', ({ predicate: { workloads } }) => {
    workloads[0]?.cells[0]?.waived.push({
      target: 'claims-db',
      rule: 'egress/observed-within-allowed',
      verdict: 'fail',
      observed: 'an address outside the list',
      until: '2099-01-01T00:00:00.000Z',
      approvedBy: 'CISO',
      ticket: 'SEC-1',
      reason: 'the list\u001b[2J is being changed',
    });
  });
  const line =
    'waived: egress/observed-within-allowed of claims-db for claims-ingest on dedicated, until 2099-01-01T00:00:00.000Z, approved by CISO (SEC-1): the list [2J is being changed\n';
  expect((await verify(waived, ...INGEST_ON_DEDICATED)).stdout).toContain(line);
  expect((await verify(waived, '--at', '2001-01-01')).stdout).toContain(line);
});
