import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTcpEcho } from '../../fixtures/echo/echo.ts';
import type { Report } from '../../src/model/report.ts';
import {
  causesIn,
  type Ended,
  evidenceIn,
  openKeep,
  openWorkspace,
  reportIn,
  targetIn,
  verdictsIn,
} from '../kit/cli.ts';
import { leaksIn } from './leaks.ts';
import { buildWith, type PlantedBuild } from './planted-build.ts';
import { egress, type Place } from './targets.ts';

// Our own defect is never a verdict on a target: it is told, the rest goes on, and the process exits 70.

const PASSWORD = 'a password in a stack trace';

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

let planted: PlantedBuild;
let echo: Place;
beforeAll(async () => {
  planted = await keep(buildWith('planted-probes.ts'));
  echo = await keep(startTcpEcho());
});

type Run = Ended & { readonly report: Report; readonly output: string };

/** A healthy target beside one with a defect. Under load a defect is tried once, and not until it is clear that it stays. */
async function runWith(defect: string, type = 'planted', attempts = 32): Promise<Run> {
  await using workspace = await openWorkspace({
    version: 1,
    sampling: { pace: '200/s' },
    targets: {
      healthy: egress(echo),
      broken: { type, defect, password: PASSWORD, sampling: { attempts } },
    },
    contexts: { here: { ephemeral: false } },
  });
  const args = ['all', '--context', 'here', '--evidence', 'runs', '--report', 'json'];
  const ended = await workspace.probe(args, { cli: planted.cli });
  const output = [ended.stdout, ended.stderr, JSON.stringify(evidenceIn(workspace.path('runs')))].join('\n');
  return { ...ended, report: reportIn(ended), output };
}

function expectToldAndOutlived({ exit, stderr, report, output }: Run): void {
  expect(exit).toBe(70);
  expect(stderr).toContain('defect of this tool: ');
  expect(stderr).toMatch(/\n\s+at /);
  expect(targetIn(report, 'healthy').verdict).toBe('pass');
  expect(leaksIn(output, { password: PASSWORD })).toEqual([]);
}

describe.concurrent('a defect in the client of a probe', () => {
  test.each([
    'throws within a stage',
    'throws between stages',
    'throws while classifying',
    'measures what is no number',
  ])('that %s: inconclusive and broken, the healthy target passes, exit 70', async (defect) => {
    const run = await runWith(defect);
    expectToldAndOutlived(run);
    const target = targetIn(run.report, 'broken');
    expect(target.verdict).toBe('inconclusive');
    expect(target.attempts).toMatchObject({ total: 3, broken: 3, failed: 0 });
    expect(target.stopped).toMatchObject([{ reason: 'defect', runs: 1 }]);
    expect(causesIn(target)).toContain('defect');
    expect(run.report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  });

  test('that never settles between its stages: exit 70, with the report', async () => {
    const run = await runWith('never settles between stages', 'planted', 1);
    expectToldAndOutlived(run);
    const target = targetIn(run.report, 'broken');
    expect(target).toMatchObject({ verdict: 'inconclusive', attempts: { total: 1, broken: 1, failed: 0 } });
    expect(run.stderr).toContain('the client neither began a stage nor ended within 5000 ms');
  });

  test.each([
    ['never comes to its end', 'loads-never', 'the client was not loaded within 1000 ms'],
    ['throws', 'loads-and-throws', 'the library is not a function'],
  ])('whose loading %s: exit 70, with the report', async (_, type, says) => {
    const run = await runWith('throws within a stage', type);
    expectToldAndOutlived(run);
    const target = targetIn(run.report, 'broken');
    expect(target).toMatchObject({ verdict: 'inconclusive', attempts: { total: 0 } });
    expect(target.stopped).toMatchObject([{ reason: 'defect', runs: 1 }]);
    expect(run.stderr).toContain(says);
  });

  test.each(['rejects behind our back', 'throws behind our back'])(
    'that %s: exit 70, with the report',
    async (defect) => {
      const run = await runWith(defect);
      expectToldAndOutlived(run);
      expect(targetIn(run.report, 'broken').attempts).toMatchObject({ succeeded: 32, failed: 0 });
    },
  );

  test('whose observation cannot be written: a record is lost, so that nothing of this run passes, exit 70', async () => {
    const { exit, stderr, report } = await runWith('observes what cannot be written');
    expect(exit).toBe(70);
    expect(stderr).toContain('broken: defect of this tool: TypeError: ');
    expect(Object.values(verdictsIn(report))).toEqual(['inconclusive', 'inconclusive']);
  });

  test('in a rule of a probe: that finding is inconclusive, exit 70', async () => {
    const run = await runWith('breaks its rule');
    expectToldAndOutlived(run);
    expect(targetIn(run.report, 'broken')).toMatchObject({ verdict: 'inconclusive', attempts: { succeeded: 32 } });
    expect(targetIn(run.report, 'broken').findings).toContainEqual(
      expect.objectContaining({ rule: 'planted/rule', verdict: 'inconclusive', cause: 'defect' }),
    );
  });
});

test('a promise that is lost before anything could be tried exits 70, and not 13', async () => {
  await using hanging = await buildWith('planted-hang.ts');
  await using workspace = await openWorkspace({ version: 1, targets: { healthy: egress(echo) } });
  const ended = await workspace.probe(['all'], { cli: hanging.cli });
  expect(ended).toMatchObject({ exit: 70, stdout: '' });
});

test('the same command without a defect exits 0', async () => {
  await using workspace = await openWorkspace({
    version: 1,
    sampling: { pace: '200/s' },
    targets: { healthy: egress(echo) },
    contexts: { here: { ephemeral: false } },
  });
  const ended = await workspace.probe(['all', '--context', 'here'], { cli: planted.cli });
  expect(ended).toMatchObject({ exit: 0 });
});
