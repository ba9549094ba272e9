import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TdsFault } from '../../fixtures/tds/options.ts';
import { attemptsWritten, evidenceIn, openKeep, openWorkspace, type Workspace } from '../kit/cli.ts';
import { claimsDbConfig, type Judged, judgeAgain, runOnce, startClaimsDb } from './claims-db.ts';

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

/** A run of 15 attempts counts from 10 on. */
const KILLED_AT = 12;

/** A run that is killed as soon as its evidence holds so many attempts. Returns how many it holds in the end. */
async function killedRun(workspace: Workspace): Promise<number> {
  const running = workspace.start(['all', '--context', 'serverless', '--evidence', 'runs', '--report', 'json']);
  await attemptsWritten(workspace.path('runs'), KILLED_AT, running);
  running.child.kill('SIGKILL');
  expect(await running.ended).toMatchObject({ exit: null, stdout: '' });
  return evidenceIn(workspace.path('runs')).filter(({ record }) => record === 'attempt').length;
}

async function workspaceWith(faults: readonly TdsFault[]): Promise<Workspace> {
  const server = await keep(startClaimsDb());
  for (const fault of faults) server.faults.add(fault);
  // slow enough that a run is still going on when it is killed
  return keep(openWorkspace({ ...claimsDbConfig(server), sampling: { pace: '5/s' } }));
}

describe('a run that is killed in the middle, without a failure so far', () => {
  let workspace: Workspace;
  let written: number;
  let killed: Judged;
  beforeAll(async () => {
    workspace = await workspaceWith([]);
    written = await killedRun(workspace);
    killed = await judgeAgain(workspace);
  });

  test('leaves what it had finished, and that is judged', () => {
    expect(written).toBeGreaterThanOrEqual(KILLED_AT);
    expect(killed.target.attempts).toMatchObject({ total: written, failed: 0 });
    expect(killed.target.attempts.succeeded).toBeGreaterThan(0);
  });

  test('does not count as clean, and the report says why', () => {
    expect(killed.exit).toBe(3);
    expect(killed.target.blocks).toMatchObject({ counted: 0, clean: 0, met: 0, needed: 32 });
    expect(killed.report.runs).toMatchObject([
      {
        endedAt: null,
        interrupted: true,
        counted: true,
        why: 'its failures count, and it never counts as clean: it has no end: killed, or still running',
      },
    ]);
    expect(killed.rate.observed).toContain(
      '1 run without a failure does not count as clean: 1 interrupted, without an end, or damaged.',
    );
  });

  test('does not spoil the next run, which counts as the first clean one', async () => {
    const next = await runOnce(workspace);
    expect(next.target.blocks).toMatchObject({ counted: 1, clean: 1, needed: 32 });
    expect(next.target.attempts.total).toBeGreaterThanOrEqual(written + 15);
  });
});

test('a run that is killed after a failure counts as one that met a failure', async () => {
  const workspace = await workspaceWith([{ at: 'login', do: 'reset' }]);
  const written = await killedRun(workspace);
  const { exit, target } = await judgeAgain(workspace);
  expect(exit).toBe(3);
  expect(target.attempts).toMatchObject({ total: written, failed: 1 });
  expect(target.failures).toMatchObject([{ cause: 'connection-reset', stage: 'authenticate', count: 1 }]);
  expect(target.blocks).toMatchObject({ counted: 1, clean: 0, met: 1, needed: 57 });
});
