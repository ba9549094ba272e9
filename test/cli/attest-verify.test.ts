import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ended } from '../kit/cli.ts';
import {
  type Attesting,
  attestRuns,
  forge,
  INGEST_ON_DEDICATED,
  openAttesting,
  statementIn,
  textOf,
} from './attesting.ts';

let here: Attesting;
beforeAll(async () => {
  here = await openAttesting();
  await attestRuns(here);
}, 120_000);
afterAll(() => here?.[Symbol.asyncDispose]());

const probe = (...args: readonly string[]): Promise<Ended> => here.workspace.probe(args);
const path = (name: string): string => here.workspace.path(name);
const verify = (...args: readonly string[]): Promise<Ended> => probe('verify', '--key', 'trusted.pem', ...args);

describe('probe verify', () => {
  test('says in one line that a workload may run there, and until when', async () => {
    const { expiresAt } = statementIn(Buffer.from(textOf(path('attestation.json')))).predicate;
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
    [
      'a key that is not there',
      ['verify', 'attestation.json', '--key', 'nowhere.pem'],
      /cannot be read \(ENOENT\)\nName a file that is there/,
    ],
    [
      'an attestation that is not there',
      ['verify', 'nowhere.json', '--key', 'trusted.pem'],
      /nowhere\.json cannot be read \(ENOENT\)\nName a file that is there/,
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
      /^probe: --workload was given once, and --context not at all\n/,
    ],
    [
      'two names for one task',
      ['verify', 'attestation.json', '--key', 'trusted.pem', '--bundle', 'x', '--task', 'a=b', '--task', 'a=none'],
      /^probe: --task a was given twice\n/,
    ],
    [
      'two contexts for one compute',
      ['verify', 'attestation.json', '--key', 'trusted.pem', '--bundle', 'x', '--compute', 'a=b', '--compute', 'a=c'],
      /^probe: --compute a was given twice\n/,
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

test('waivers that a statement rests on are always told', async () => {
  const waived = forge(here, 'waived.json', ({ predicate: { workloads } }) => {
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
