import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startTcpEcho, type TcpEcho } from '../../fixtures/echo/echo.ts';
import { startTdsServer, type TdsServer } from '../../fixtures/tds/server.ts';
import { evidenceRecord } from '../../src/model/records.ts';
import { type Ended, evidenceIn, openKeep, openWorkspace, reportIn, runProbe, type Workspace } from '../kit/cli.ts';
import { egress, fromStdin, sqlserver } from './targets.ts';

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

let workspace: Workspace;
let echo: TcpEcho;
let server: TdsServer;

const PASSWORD = 'a password of svc_claims';

beforeAll(async () => {
  echo = await keep(startTcpEcho());
  server = await keep(startTdsServer({ encryption: 'not-supported', users: { svc_claims: PASSWORD } }));
  workspace = await keep(openWorkspace(config()));
});

const config = () => ({
  version: 1,
  sampling: { pace: '200/s' },
  targets: {
    'claims-db': sqlserver(server, {
      url: `jdbc:sqlserver://${server.host}:${server.port};databaseName=Claims;encrypt=false`,
      password: fromStdin('db/claims'),
      expect: { encrypted: 'none' },
    }),
    'partner-egress': egress(echo),
    'other-egress': egress(echo),
  },
  workloads: {
    ingest: { uses: ['claims-db', 'partner-egress'], connectionsPerRun: 1 },
    report: { uses: ['other-egress'], connectionsPerRun: 1 },
    idle: { uses: 'none', stateless: true },
  },
  contexts: { here: { ephemeral: false } },
});

const SECRETS = { stdin: JSON.stringify({ 'db/claims': PASSWORD }) };
const HERE = ['--context', 'here', '--secrets-stdin'];
const probe = (...args: readonly string[]): Promise<Ended> => workspace.probe([...args, ...HERE], SECRETS);
const tried = (ended: Ended): readonly string[] => reportIn(ended).targets.map(({ name }) => name);

describe('which targets are tried', () => {
  const JSON_REPORT = ['--report', 'json'];
  test.each([
    ['all', ['claims-db', 'partner-egress', 'other-egress']],
    ['run partner-egress', ['partner-egress']],
    ['run other-egress claims-db', ['claims-db', 'other-egress']],
    ['run --type egress', ['partner-egress', 'other-egress']],
    ['egress', ['partner-egress', 'other-egress']],
    ['sqlserver', ['claims-db']],
    ['all --workload report', ['other-egress']],
    ['all --workload report --workload ingest', ['claims-db', 'partner-egress', 'other-egress']],
  ])('`probe %s` tries %j, with secrets from standard input: exit 0', async (args, names) => {
    const ended = await probe(...args.split(' '), ...JSON_REPORT);
    expect(ended.exit).toBe(0);
    expect(tried(ended)).toEqual(names);
  });

  test('a configuration is found by --config, by PROBE_CONFIG, or by its name in this folder', async () => {
    await using elsewhere = await openWorkspace();
    const at = workspace.path('probe.yaml');
    const [named, fromEnv, missing] = [
      await elsewhere.probe(['egress', ...HERE, '--config', at], SECRETS),
      await elsewhere.probe(['egress', ...HERE], { ...SECRETS, env: { PROBE_CONFIG: at } }),
      await elsewhere.probe(['egress', ...HERE], SECRETS),
    ];
    expect([named.exit, fromEnv.exit, missing.exit]).toEqual([0, 0, 2]);
  });
});

describe('where a report goes', () => {
  test('to files and standard output at once, each in its own format', async () => {
    const ended = await probe('egress', '--report', 'json=report.json', '--report', 'table');
    expect(ended.exit).toBe(0);
    expect(ended.stdout).toMatch(/^context here \(.*declared stable, driver\)/);
    expect(ended.stdout).toMatch(/^verdict PASS for this run alone, exit code 0$/m);
    expect(reportIn({ stdout: readFileSync(workspace.path('report.json'), 'utf8') }).verdict).toBe('pass');
    expect(statSync(workspace.path('report.json')).mode & 0o777).toBe(0o600);
  });

  test('is a table on standard output where nothing is said', async () => {
    const ended = await probe('egress');
    expect(ended.stdout).toMatch(/^PASS {10}partner-egress \(egress, /m);
  });

  test('and `probe render` makes the same table of the saved JSON: exit 0 whatever its verdict', async () => {
    const ended = await probe('egress', '--report', 'json=saved.json', '--report', 'table');
    const again = await workspace.probe(['render', 'saved.json']);
    expect(again).toEqual({ exit: 0, stdout: ended.stdout, stderr: '' });
    expect((await workspace.probe(['render', 'saved.json', '--report', 'json'])).stdout).toBe(
      readFileSync(workspace.path('saved.json'), 'utf8'),
    );
  });
});

describe('`probe check`', () => {
  test('says that all is in order, and asks no server', async () => {
    const before = [server.tally.openedAtMs.length, echo.tally.openedAtMs.length];
    const ended = await workspace.probe(['check', '--secrets-stdin'], SECRETS);
    expect(ended).toEqual({ exit: 0, stdout: 'probe.yaml: 3 targets and 3 workloads are in order\n', stderr: '' });
    expect([server.tally.openedAtMs.length, echo.tally.openedAtMs.length]).toEqual(before);
  });

  test('refuses a reference that does not resolve, unless it is told that it resolves elsewhere', async () => {
    expect(await workspace.probe(['check'])).toMatchObject({ exit: 2, stdout: '' });
    expect(await workspace.probe(['check', '--offline-references'])).toEqual({
      exit: 0,
      stdout:
        'probe.yaml: 3 targets and 3 workloads are in order, 1 of them only as far as their references resolve here\n',
      stderr: expect.stringMatching(
        /^warning: probe\.yaml:\d+: targets\.claims-db\.password: .* needs --secrets-stdin/,
      ),
    });
  });
});

describe('`probe plan`', () => {
  test('says per server what a run would do, and asks no server', async () => {
    const before = [server.tally.openedAtMs.length, echo.tally.openedAtMs.length];
    const json = JSON.parse((await probe('plan', '--report', 'json')).stdout);
    expect([server.tally.openedAtMs.length, echo.tally.openedAtMs.length]).toEqual(before);
    expect(json).toMatchObject({ profile: 'quick', scope: 'run' });
    expect(json.servers).toMatchObject([
      {
        address: `127.0.0.1:${server.port}`,
        targets: ['claims-db'],
        identities: [`svc_claims@127.0.0.1:${server.port}`],
      },
      { address: `127.0.0.1:${echo.port}`, targets: ['partner-egress', 'other-egress'], logins: 0 },
    ]);
    expect(json.servers[0].logins).toBeGreaterThanOrEqual(32);
  });

  test('is a table with what a change ticket asks for: load, identity, privileges and a warning', async () => {
    const { exit, stdout } = await probe('plan', '--privileges', '--scope', 'period');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^A pass needs 32 clean runs: /m);
    expect(stdout).toContain(`127.0.0.1:${server.port}  for claims-db, as svc_claims@127.0.0.1:${server.port}\n`);
    expect(stdout).toMatch(/connections \d+ \(\d+ in 32 runs\), at once \d+; logins \d+ \(\d+ in 32 runs\)/);
    expect(stdout).toContain('GRANT CONNECT TO [svc_claims]');
    expect(stdout).toMatch(/^warning: claims-db: logs in as svc_claims@.*, the login that ingest may use: /m);
  });
});

test('`probe plan` says what is tried of a path, which is no server', async () => {
  const targets = { lake: { type: 'storage', url: workspace.path('lake') } };
  const config = workspace.write('path.yaml', JSON.stringify({ version: 1, targets }));
  const { exit, stdout } = await workspace.probe(['plan', '--config', config, '--profile', 'gate']);
  expect(exit).toBe(0);
  expect(stdout).toContain('1 target, at most');
  expect(stdout).toContain(`lake  for lake\n  attempts 15 (480 in 32 runs); connects to no server`);
});

describe('`probe judge`', () => {
  test('asks which context where a folder holds several', async () => {
    for (const name of ['here', 'there'])
      await workspace.probe(['egress', '--secrets-stdin', '--context', name, '--evidence', 'several'], SECRETS);
    const unclear = await workspace.probe(['judge', 'several']);
    expect(unclear).toMatchObject({ exit: 2, stdout: '' });
    expect(unclear.stderr).toContain('several holds evidence of several contexts\nChoose one: --context here');
    const chosen = await workspace.probe(['judge', 'several', '--context', 'there', '--report', 'json']);
    expect(chosen.exit).toBe(3);
    expect(reportIn(chosen).context?.name).toBe('there');
  });

  test('takes the profile of the latest run, unless another is named', async () => {
    await probe('egress', '--profile', 'gate', '--evidence', 'gate');
    const [as, strict] = [
      reportIn(await workspace.probe(['judge', 'gate', '--report', 'json'])),
      reportIn(await workspace.probe(['judge', 'gate', '--profile', 'strict', '--report', 'json'])),
    ];
    expect([as.policy.profile, strict.policy.profile]).toEqual(['gate', 'strict']);
  });
});

describe('what explains itself', () => {
  test('`probe explain` says what a cause means, who owns it and what to do', async () => {
    const { exit, stdout, stderr } = await runProbe(['explain', 'egress-not-allowed']);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(
      /^egress-not-allowed: .+\n\n[\s\S]+\nUsually owned by: network\nWhat to do: .+\nLeads to: fail/,
    );
  });

  test.each(['config', 'report', 'evidence'])('`probe schema %s` prints a JSON Schema', async (name) => {
    const { exit, stdout, stderr } = await runProbe(['schema', name]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(JSON.parse(stdout).$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });

  test('every record of a run is valid under `probe schema evidence`', async () => {
    await probe('all', '--evidence', 'records');
    const schema = z.fromJSONSchema(JSON.parse((await runProbe(['schema', 'evidence'])).stdout));
    const records = evidenceIn(workspace.path('records'));
    expect(new Set(records.map(({ record }) => record)).size).toBeGreaterThanOrEqual(4);
    for (const record of records) expect(schema.safeParse(record).error).toBeUndefined();
    expect(schema.safeParse({ ...records[0], record: 'span' }).success).toBe(false);
    expect(evidenceRecord.safeParse(records[0]).success).toBe(true);
  });

  test.each(['--version', '-V'])('`probe %s` prints the version: exit 0', async (flag) => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
    );
    expect(await runProbe([flag])).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each(['--help', 'help', 'help all', 'all --help'])('`probe %s` exits 0', async (args) => {
    const { exit, stdout, stderr } = await runProbe(args.split(' '));
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: probe /);
  });
});
