import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TdsServer } from '../../fixtures/tds/server.ts';
import { openWorkspace, type Workspace } from '../kit/cli.ts';
import { claimsDbConfig, type Judged, judgeAgain, runOnce, startClaimsDb } from './claims-db.ts';

// In ephemeral compute the run is the unit: three runs of a healthy server into one folder.

let workspace: Workspace;
let server: TdsServer;
let runs: readonly Judged[];
let third: Judged;

beforeAll(async () => {
  server = await startClaimsDb();
  workspace = await openWorkspace(claimsDbConfig(server));
  third = await runOnce(workspace);
  const first = third;
  const second = await runOnce(workspace);
  third = await runOnce(workspace);
  runs = [first, second, third];
});
afterAll(async () => {
  await workspace?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

test('three healthy runs in an ephemeral context exit 3, 3 and 3: too few', () => {
  expect(runs.map(({ exit }) => exit)).toEqual([3, 3, 3]);
  expect(runs.map(({ target }) => target.verdict)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  expect(runs.map(({ rate }) => rate.cause)).toEqual(['too-few-runs', 'too-few-runs', 'too-few-runs']);
});

test('they are counted up: the third says 3 of the 32 runs that a pass needs', () => {
  expect(runs.map(({ target }) => target.blocks?.counted)).toEqual([1, 2, 3]);
  expect(third.target.blocks).toMatchObject({ clean: 3, met: 0, needed: 32, tolerable: 0.1 });
  expect(third.rate.observed).toMatch(
    /^No failure in 3 of 32 runs; so far up to \d+ of 720 runs a month could fail\. 29 more clean runs are needed\./,
  );
  expect(third.report.runs.map(({ counted }) => counted)).toEqual([true, true, true]);
});

test('they say that independence was loosened', () => {
  for (const { rate } of runs)
    expect(rate.observed).toContain(
      'policy.independence is loosened: runs need only 0 ms between them instead of 15 min, runs of one host count as independent.',
    );
});

test.each([
  ['at all', null, '3 runs, 1 counts as independent: 2 share the host of an earlier one.'],
  [
    'but for their hosts',
    { independence: { distinctHosts: false } },
    '3 runs, 1 counts as independent: 2 began within 15 min of an earlier one.',
  ],
])('judged without that %s, the three count as one', async (_, policy, says) => {
  workspace.write('strict.yaml', JSON.stringify(claimsDbConfig(server, policy)));
  const { exit, target, rate } = await judgeAgain(workspace, ['--config', 'strict.yaml']);
  expect(exit).toBe(3);
  expect(target.blocks).toMatchObject({ counted: 1, clean: 1, needed: 32 });
  expect(rate.observed).toMatch(/^No failure in 1 of 32 runs; /);
  expect(rate.observed).toContain(says);
});

test('made without that, the three count as one', async () => {
  await using other = await openWorkspace(claimsDbConfig(server, null));
  const exits = [(await runOnce(other)).exit, (await runOnce(other)).exit];
  const last = await runOnce(other);
  expect([...exits, last.exit]).toEqual([3, 3, 3]);
  expect(last.report.runs.length).toBe(3);
  expect(last.target.blocks).toMatchObject({ counted: 1, clean: 1, needed: 32 });
});

test('a run without a folder can only say 1', async () => {
  const { exit, target, rate } = await runOnce(workspace, { args: [] });
  expect(exit).toBe(3);
  expect(target.blocks).toMatchObject({ counted: 1, needed: 32 });
  expect(rate.observed).toMatch(/^No failure in 1 of 32 runs; /);
});

test.each([
  ['without a folder', []],
  ['in a folder with earlier runs', ['--evidence', 'runs']],
])('--scope run %s exits 0, says that one run was judged, and never that anything may migrate', async (_, more) => {
  const { exit, stdout, report, target, rate } = await runOnce(workspace, { args: ['--scope', 'run', ...more] });
  expect(exit).toBe(0);
  expect(report).toMatchObject({ verdict: 'warn', exitCode: 0, scope: 'run' });
  expect(report.runs.filter(({ counted }) => counted).length).toBe(1);
  expect(target.blocks).toBeNull();
  expect(rate).toMatchObject({ verdict: 'warn', cause: 'one-run-only' });
  expect(rate.observed).toMatch(
    /^No blocker seen in this run, \d\d:\d\d to \d\d:\d\d UTC: 0 of \d+ attempts failed\. .* One run was judged, and this compute is new at every run: it says nothing about the next\.$/,
  );
  expect(stdout).not.toMatch(/may migrate/i);
});
