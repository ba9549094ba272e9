import { Buffer } from 'node:buffer';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { payloadOf } from '../../src/attest/statement.ts';
import { statement } from '../../src/model/statement.ts';
import type { Ended } from '../kit/cli.ts';
import { type Attesting, attestRuns, filesIn, openAttesting, statementIn, textOf } from './attesting.ts';
import { fromEnv, sqlserver } from './targets.ts';

let here: Attesting;
beforeAll(async () => {
  here = await openAttesting();
  await attestRuns(here);
}, 120_000);
afterAll(() => here?.[Symbol.asyncDispose]());

const probe = (...args: readonly string[]): Promise<Ended> => here.workspace.probe(args);
const path = (name: string): string => here.workspace.path(name);
const verify = (...args: readonly string[]): Promise<Ended> => probe('verify', '--key', 'trusted.pem', ...args);

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
    [
      'a key that is not there',
      ['--key', 'nowhere.pem'],
      /nowhere\.pem cannot be read \(ENOENT\)\nName a file that is there/,
    ],
    ['a variable that is not set', ['--key', `\${env:NOWHERE}`], /NOWHERE is not set\nPut the key into it/],
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

  test.each<[string, readonly string[]]>([
    ['attest', ['SECRET', '--key', 'signing.pem']],
    ['attest', ['runs', '--key', 'SECRET']],
    ['attest', ['runs', '--key', 'signing.pem', '--output', 'SECRET/a.json']],
    ['verify', ['SECRET', '--key', 'trusted.pem']],
    ['verify', ['attestation.json', '--key', 'SECRET']],
    ['verify', ['attestation.json', '--key', 'trusted.pem', '--evidence', 'SECRET']],
  ])('shows no secret of the configuration where `%s %j` fails', async (command, args) => {
    const secret = 'correct-horse-battery';
    const spare = sqlserver({ host: '127.0.0.1', port: 1 }, { password: fromEnv('CLAIMS_PASSWORD') });
    here.workspace.write('secret.yaml', stringify({ ...here.config, targets: { ...here.config.targets, spare } }));
    const given = args.map((word) => word.replace('SECRET', secret));
    const { exit, stdout, stderr } = await here.workspace.probe([command, ...given, '--config', 'secret.yaml'], {
      env: { CLAIMS_PASSWORD: secret },
    });
    expect(exit).toBe(2);
    expect(stderr).toContain('[redacted]');
    expect(stdout + stderr).not.toContain(secret);
  });

  test('never shows a key, also where it stands on the command line', async () => {
    const pem = textOf(path('signing.pem'));
    const { exit, stdout, stderr } = await probe('attest', 'runs', '--key', pem);
    expect(exit).toBe(2);
    expect(stderr).toContain('--key takes the name of a key and not the key');
    expect(stdout + stderr).not.toContain(pem.split('\n')[1]);
  });
});
