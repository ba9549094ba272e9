import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Report } from '../../src/model/report.ts';
import {
  causesIn,
  type Ended,
  evidenceIn,
  openWorkspace,
  reportIn,
  runProbe,
  targetIn,
  verdictsIn,
  type Workspace,
  withoutJudgedAt,
} from '../kit/cli.ts';

// The main job on the embedded lab. Each kind runs once, and all tests look at what came of it.

const KINDS = ['dedicated', 'serverless'] as const;
const TYPES = ['egress', 'kafka', 'mtls', 'sqlserver', 'tcp', 'token'];

type LabRun = Ended & { readonly report: Report };

let workspace: Workspace;
let labs: Readonly<Record<(typeof KINDS)[number], LabRun>>;

beforeAll(async () => {
  workspace = await openWorkspace();
  labs = { dedicated: await runLab('dedicated'), serverless: await runLab('serverless') };
});
afterAll(() => workspace?.[Symbol.asyncDispose]());

async function runLab(kind: string): Promise<LabRun> {
  const startedMs = performance.now();
  const ended = await workspace.probe([
    'all',
    ...['--lab', kind, '--profile', 'quick', '--report', 'json', '--evidence', workspace.path(kind)],
  ]);
  console.log(`the ${kind} lab took ${Math.round((performance.now() - startedMs) / 100) / 10} s`);
  return { ...ended, report: reportIn(ended) };
}

describe('the dedicated lab', () => {
  test('passes: exit 0, a target of each of the six types, each with verdict pass', () => {
    const { exit, report } = labs.dedicated;
    expect(exit).toBe(0);
    expect(report).toMatchObject({ verdict: 'pass', exitCode: 0, scope: 'run' });
    expect(report.targets.map(({ type }) => type).sort()).toEqual(TYPES);
    expect(Object.values(verdictsIn(report))).toEqual(TYPES.map(() => 'pass'));
  });

  test('makes 30 attempts at least on each target, and none fails', () => {
    for (const { attempts } of labs.dedicated.report.targets) {
      expect(attempts.succeeded).toBeGreaterThanOrEqual(30);
      expect([attempts.failed, attempts.broken, attempts.aborted]).toEqual([0, 0, 0]);
    }
  });

  test('leaves from one address, and loses no idle connection', () => {
    const { targets } = labs.dedicated.report;
    expect(new Set(targets.flatMap(({ egress }) => egress.map(({ address }) => address))).size).toBe(1);
    const outcomes = targets.flatMap(({ holds }) => holds.map(({ outcome }) => outcome));
    expect(new Set(outcomes)).toEqual(new Set(['alive']));
    const held = targets.filter(({ holds }) => holds.length > 0).map(({ type }) => type);
    expect(held.sort()).toEqual(['kafka', 'mtls', 'sqlserver', 'tcp']);
  });

  test('never says that anything may migrate, since one run was judged', () => {
    expect(labs.dedicated.stdout).not.toMatch(/may migrate/i);
    for (const { findings } of labs.dedicated.report.targets) {
      const stated = findings.find(({ rule }) => rule === 'stability/failure-rate');
      expect(stated?.observed).toMatch(/^No blocker seen in this run, \d\d:\d\d to \d\d:\d\d UTC/);
    }
  });
});

describe('the serverless lab', () => {
  test('fails: exit 1, for its addresses, its forgotten connections and its short tokens', () => {
    const { exit, report } = labs.serverless;
    expect(exit).toBe(1);
    expect(report).toMatchObject({ verdict: 'fail', exitCode: 1, scope: 'period' });
    const causes = new Map(report.targets.map((target) => [target.name, causesIn(target)]));
    for (const name of ['claims-db', 'claims-events', 'partner-egress'])
      expect(causes.get(name)).toContain('egress-not-allowed');
    for (const name of ['claims-db', 'claims-events', 'eligibility-api', 'ftp-drop'])
      expect(causes.get(name)).toContain('idle-dropped');
    expect(causes.get('lake-identity')).toContain('token-ends-before-job');
  });

  test('leaves from two addresses at least, as SQL Server, Kafka and the echo each saw', () => {
    for (const name of ['claims-db', 'claims-events', 'partner-egress']) {
      expect(targetIn(labs.serverless.report, name).egress.length).toBeGreaterThanOrEqual(2);
    }
  });

  test('logs in as well as the dedicated one: no attempt fails, so that only looking once would not tell', () => {
    for (const { attempts } of labs.serverless.report.targets) {
      expect(attempts.succeeded).toBeGreaterThanOrEqual(10);
      expect(attempts.failed).toBe(0);
    }
  });

  test('is one run of those that a pass needs, for each target', () => {
    const blocks = labs.serverless.report.targets.map((target) => target.blocks);
    expect(blocks.map((each) => each?.needed)).toEqual(Array(6).fill(32));
    // a run of which our own machine took the cold connection counts for none
    expect(Math.max(...blocks.map((each) => each?.counted ?? 0))).toBe(1);
  });
});

describe.each(KINDS)('the output of the %s lab', (kind) => {
  test('is one JSON document and nothing else, valid under `probe schema report`', async () => {
    const { stdout } = labs[kind];
    const printed = await runProbe(['schema', 'report']);
    expect(printed).toMatchObject({ exit: 0, stderr: '' });
    const schema = z.fromJSONSchema(JSON.parse(printed.stdout));
    expect(schema.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    // a schema that would take anything says nothing
    expect(schema.safeParse({ ...JSON.parse(stdout), scope: 'always' }).success).toBe(false);
  });

  test('ends with a line feed, so that it can be appended to a log', () => {
    expect(labs[kind].stdout).toMatch(/^\{[\s\S]*\}\n$/);
  });

  test('leaves to standard error what people read: what is tried, and how each target ended', () => {
    const lines = labs[kind].stderr.split('\n');
    expect(lines[0]).toMatch(/^probe: 6 targets, profile quick, scope (run|period), at most about \d+ s$/);
    for (const { name, attempts } of labs[kind].report.targets)
      expect(lines).toContainEqual(
        expect.stringMatching(`^probe: ${name}: ${attempts.total} attempts, 0 failed \\(.*\\)$`),
      );
  });

  test('comes again from its evidence, byte for byte but for the time of the judgement', async () => {
    const again = await workspace.probe(['judge', workspace.path(kind), '--report', 'json']);
    expect(again).toMatchObject({ exit: labs[kind].exit, stderr: '' });
    expect(withoutJudgedAt(again.stdout)).toBe(withoutJudgedAt(labs[kind].stdout));
  });

  test('is marked as of a lab, in the evidence and in the report', () => {
    const [first] = evidenceIn(workspace.path(kind));
    expect(first).toMatchObject({ record: 'run', lab: true });
    expect(labs[kind].report.runs.map(({ lab }) => lab)).toEqual([true]);
  });

  test('leaves evidence that only its owner may read', () => {
    const [file = ''] = readdirSync(workspace.path(kind));
    expect(file).toMatch(new RegExp(`^${kind}-\\d{8}T\\d{6}Z-[0-9a-f-]{36}\\.0001\\.ndjson$`));
    expect(statSync(join(workspace.path(kind), file)).mode & 0o777).toBe(0o600);
  });
});
