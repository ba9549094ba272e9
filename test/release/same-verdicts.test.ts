import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type LabRun, outcomeOf, ROOT, runLab } from '../kit/released.ts';
import { requireTool } from '../kit/requires.ts';

const installed = inject('installed');
const executables = inject('executables');

let folder: string;
let built: LabRun;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probe-forms-'));
  built = await runLab(process.execPath, [join(ROOT, 'dist', 'cli.js')], folder);
});
afterAll(() => rm(folder, { recursive: true }));

/** Forms that are broken in one way agree too, so that each target must pass. */
function expectSame(run: LabRun): void {
  expect(new Set(run.report.targets.map(({ verdict }) => verdict))).toEqual(new Set(['pass']));
  expect(outcomeOf(run)).toEqual(outcomeOf(built));
  expect(run.report.tool).toEqual(built.report.tool);
}

describe.skipIf(requireTool('registry', installed !== null))('the tarball (needs a package registry)', () => {
  test('installed in an empty folder, says of the dedicated lab what the build says', async () => {
    const cli = join(installed ?? '', 'node_modules', 'preflight-probe', 'dist', 'cli.js');
    expectSame(await runLab(process.execPath, [cli], folder));
  });
});

describe.skipIf(requireTool('executable', executables !== null))('the executable (needs its Node.js, from npm)', () => {
  let alone: string;
  beforeAll(async () => {
    alone = join(await mkdtemp(join(folder, 'empty-')), 'probe');
    copyFileSync(join(executables ?? '', `probe-linux-${process.arch}`), alone);
  });

  test('alone in an empty folder, says of the dedicated lab what the build says', async () => {
    expectSame(await runLab(alone, [], join(alone, '..')));
  });

  const unshares = spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status === 0;
  test.skipIf(requireTool('netns', unshares))('does so without a network (needs unshare --net)', async () => {
    const inside = ['--net', '/bin/sh', '-c', '/sbin/ip link set lo up && exec "$0" "$@"', alone];
    expectSame(await runLab('/usr/bin/unshare', inside, join(alone, '..')));
  });
});
