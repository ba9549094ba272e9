import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attemptsWritten, evidenceIn, openKeep, openWorkspace, type Workspace } from '../kit/cli.ts';
import { buildPlainVolume, type PlainVolume } from '../kit/plain-volume.ts';
import { onPath, requireTool } from '../kit/requires.ts';
import { claimsDbConfig, judgeAgain, runOnce, startClaimsDb } from './claims-db.ts';

// Evidence on a volume: gathered on a local disk, published as new whole files, and judged with the history that lies there.

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

const OFTEN = { PROBE_TEST_PUBLISH_EVERY_MS: '20' };
const ARGS = ['--evidence', 'gathered', '--publish', 'runs'];

let server: Awaited<ReturnType<typeof startClaimsDb>>;
beforeAll(async () => {
  server = await keep(startClaimsDb());
});

const workspaceAt = (pace: string): Promise<Workspace> =>
  keep(openWorkspace({ ...claimsDbConfig(server), sampling: { pace } }));

const attemptsIn = (workspace: Workspace, folder: string) =>
  evidenceIn(workspace.path(folder)).filter(({ record }) => record === 'attempt');

describe('a run that is published', () => {
  test('lies on the volume in parts, and is judged with the history there', async () => {
    const workspace = await workspaceAt('50/s');
    const first = await runOnce(workspace, { args: ARGS, env: OFTEN });
    expect(first.target.blocks).toMatchObject({ counted: 1, clean: 1 });
    expect(readdirSync(workspace.path('gathered'))).toHaveLength(1);
    expect(readdirSync(workspace.path('runs')).length).toBeGreaterThan(2);
    // another machine, whose disk knows nothing of the first run
    rmSync(workspace.path('gathered'), { recursive: true });
    const second = await runOnce(workspace, { args: ARGS });
    expect(second.target.blocks).toMatchObject({ counted: 2, clean: 2 });
    const again = await judgeAgain(workspace);
    expect(again.target).toEqual(second.target);
    expect(again.report.runs).toEqual(second.report.runs);
  });

  test('may be gathered in memory alone', async () => {
    const workspace = await workspaceAt('100/s');
    const run = await runOnce(workspace, { args: ['--publish', 'runs'] });
    expect((await judgeAgain(workspace)).target).toEqual(run.target);
  });
});

describe('a run that is killed', () => {
  test('loses no more than what was not published yet, never counts as clean, and the report says so', async () => {
    const workspace = await workspaceAt('20/s');
    const running = workspace.start(['all', '--context', 'serverless', ...ARGS], { env: OFTEN });
    await attemptsWritten(workspace.path('runs'), 8, running);
    running.child.kill('SIGKILL');
    await running.ended;
    const gathered = attemptsIn(workspace, 'gathered').length;
    const published = attemptsIn(workspace, 'runs').length;
    expect(published).toBeGreaterThanOrEqual(8);
    // at 20 a second one or two attempts lie between two parts
    expect(gathered - published).toBeLessThan(4);
    const { exit, report, target } = await judgeAgain(workspace);
    expect(exit).toBe(3);
    expect(target.blocks).toMatchObject({ counted: 0, clean: 0 });
    expect(report.runs[0]?.why).toMatch(/killed, or still running; what its last 0\.02 s found may not have been publ/);
  });

  test('before its first part was due has left a trace', async () => {
    const workspace = await workspaceAt('20/s');
    const running = workspace.start(['all', '--context', 'serverless', ...ARGS]);
    await attemptsWritten(workspace.path('gathered'), 3, running);
    running.child.kill('SIGKILL');
    await running.ended;
    expect(evidenceIn(workspace.path('runs')).map(({ record }) => record)).toEqual(['run']);
  });
});

describe('a volume that cannot be written', () => {
  test('from the beginning stops the run before anything is tried', async () => {
    const workspace = await workspaceAt('100/s');
    const before = server.ledger.accepted;
    const run = await workspace.probe(['all', '--evidence', 'gathered', '--publish', 'no/such/volume']);
    expect(run).toMatchObject({ exit: 2, stdout: '' });
    expect(run.stderr).toMatch(
      /^probe: evidence cannot be published to .*volume \(ENOENT\): there is no .*such\nName a/m,
    );
    expect(server.ledger.accepted).toBe(before);
  });

  test('any more leaves the report, and ends with 2: whoever judges the volume would not see the run', async () => {
    const workspace = await workspaceAt('20/s');
    const args = ['all', '--context', 'serverless', '--report', 'json', ...ARGS];
    const running = workspace.start(args, { env: OFTEN });
    await attemptsWritten(workspace.path('runs'), 3, running);
    rmSync(workspace.path('runs'), { recursive: true });
    const { exit, stdout, stderr } = await running.ended;
    expect(exit).toBe(2);
    expect(stderr).toContain('a part of the evidence cannot be published yet (ENOENT); it will be tried again');
    expect(stderr).toMatch(
      /the evidence of this run is not all in .*runs \(ENOENT\); all of it is in .*gathered: copy/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 3 });
    // what the message says to do
    mkdirSync(workspace.path('runs'));
    for (const name of readdirSync(workspace.path('gathered')))
      copyFileSync(workspace.path(`gathered/${name}`), workspace.path(`runs/${name}`));
    expect((await judgeAgain(workspace)).target.blocks).toMatchObject({ counted: 1, clean: 1 });
  });

  test.each([
    ['is where it is gathered', ['--evidence', 'runs', '--publish', 'runs'], /published to the same folder/],
    ['holds the report', ['--publish', 'runs', '--report', 'json=runs/report.json'], /would lie among the evidence/],
  ])('is refused where it %s', async (_, args, says) => {
    const workspace = await workspaceAt('100/s');
    mkdirSync(workspace.path('runs'));
    expect(await workspace.probe(['all', ...args])).toMatchObject({ exit: 2, stderr: expect.stringMatching(says) });
  });
});

const noGcc = requireTool('gcc', onPath('gcc'));

describe.skipIf(noGcc)('on a file system without append, rename, link, rights or sync (built by gcc)', () => {
  let plain: PlainVolume;
  beforeAll(() => {
    plain = buildPlainVolume();
  });
  afterAll(() => plain?.[Symbol.dispose]());

  test('such a file system refuses what it is to refuse', async () => {
    const workspace = await workspaceAt('100/s');
    const script = `
      const fs = require('node:fs');
      const [file] = process.argv.slice(1);
      fs.writeFileSync(file, 'x', { flag: 'wx' });
      const tried = { append: () => fs.appendFileSync(file, 'x'), rename: () => fs.renameSync(file, file + '2'),
        link: () => fs.linkSync(file, file + '2'), chmod: () => fs.chmodSync(file, 0o600) };
      for (const [name, work] of Object.entries(tried)) try { work(); } catch { console.log(name); }`;
    const { stdout } = spawnSync(process.execPath, ['-e', script, workspace.path('file')], {
      encoding: 'utf8',
      env: { ...process.env, ...plain.env(workspace.folder) },
    });
    expect(stdout.trim().split('\n')).toEqual(['append', 'rename', 'link', 'chmod']);
  });

  test('a run is published and judged', async () => {
    const workspace = await workspaceAt('50/s');
    const env = { ...plain.env(workspace.path('runs')), ...OFTEN };
    const run = await runOnce(workspace, { args: ARGS, env });
    expect({ exit: run.exit, stderr: run.stderr }).toEqual({
      exit: 3,
      stderr: expect.not.stringContaining('ENOTSUP'),
    });
    expect(readdirSync(workspace.path('runs')).length).toBeGreaterThan(2);
    expect((await judgeAgain(workspace)).target).toEqual(run.target);
  });
});
