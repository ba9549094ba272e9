import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startTcpEcho } from '../../fixtures/echo/echo.ts';
import {
  type Ended,
  openWorkspace,
  reportIn,
  runProbe,
  targetIn,
  type Workspace,
  withoutJudgedAt,
} from '../kit/cli.ts';
import { closedPlace, egress, fromEnv, type Place, tcp } from './targets.ts';

// Gathering and judging are two halves, and evidence is all that passes between them.

const configFor = (place: Place, over: object = {}) => ({
  version: 1,
  sampling: { pace: '200/s' },
  targets: { 'partner-egress': egress(place, over) },
  contexts: { stable: { ephemeral: false } },
});

const ALLOWS_US = { firewallAllows: ['127.0.0.0/8'] };

/** A run that passed, its server gone since: whatever is judged from here on is judged without the network. */
async function passedRun(over: object = ALLOWS_US, args: readonly string[] = []) {
  const workspace = await openWorkspace();
  await using echo = await startTcpEcho();
  workspace.configure(configFor(echo, over));
  const run = await workspace.probe([
    ...['all', '--context', 'stable', '--evidence', 'runs', '--report', 'json', '--report', 'table=run.txt'],
    ...args,
  ]);
  return { workspace, run, place: { host: echo.host, port: echo.port } };
}

const judge = (workspace: Workspace, args: readonly string[] = []): Promise<Ended> =>
  workspace.probe(['judge', 'runs', '--report', 'json', ...args]);

describe('judging the evidence of a run again', () => {
  test.each([
    ['of one run alone', []],
    ['over runs', ['--scope', 'period']],
    ['under the profile gate', ['--profile', 'gate', '--scope', 'run']],
  ])('gives its report, byte for byte but for the time: %s, with its configuration and without', async (_, args) => {
    const { workspace, run } = await passedRun(ALLOWS_US, args);
    await using _workspace = workspace;
    const withConfig = await judge(workspace);
    const without = await runProbe(['judge', workspace.path('runs'), '--report', 'json']);
    for (const again of [withConfig, without]) {
      expect(again).toMatchObject({ exit: run.exit, stderr: '' });
      expect(withoutJudgedAt(again.stdout)).toBe(withoutJudgedAt(run.stdout));
      expect(again.stdout).not.toBe(run.stdout);
    }
  });

  test('gives its report where a failure made the verdict', async () => {
    await using workspace = await openWorkspace();
    const config = { ...configFor(await closedPlace()), contexts: {} };
    workspace.configure(config);
    const run = await workspace.probe(['all', '--evidence', 'runs', '--report', 'json']);
    const again = await judge(workspace);
    expect([run.exit, again.exit]).toEqual([1, 1]);
    expect(withoutJudgedAt(again.stdout)).toBe(withoutJudgedAt(run.stdout));
  });

  test('gives the table of the run, which tells no time of its own', async () => {
    const { workspace } = await passedRun();
    await using _workspace = workspace;
    const table = await workspace.probe(['judge', 'runs']);
    expect(table.stdout).toBe(readFileSync(workspace.path('run.txt'), 'utf8'));
  });

  test('needs no secret: what the configuration refers to may be missing', async () => {
    await using workspace = await openWorkspace();
    await using echo = await startTcpEcho();
    workspace.configure(configFor({ host: fromEnv('ECHO_HOST'), port: echo.port }));
    const env = { ECHO_HOST: echo.host };
    const run = await workspace.probe(['all', '--evidence', 'runs', '--report', 'json'], { env });
    const again = await judge(workspace);
    expect(again).toMatchObject({ exit: run.exit, stderr: '' });
    expect(withoutJudgedAt(again.stdout)).toBe(withoutJudgedAt(run.stdout));
  });
});

describe('a changed list of allowed addresses', () => {
  test('is judged on the evidence that is there, and back again', async () => {
    const { workspace, run, place } = await passedRun();
    await using _workspace = workspace;
    expect(run.exit).toBe(0);
    workspace.configure(configFor(place, { firewallAllows: ['203.0.113.0/24'] }));
    const changed = await judge(workspace);
    expect(changed.exit).toBe(1);
    const target = targetIn(reportIn(changed), 'partner-egress');
    expect(target.judgedBy).toBe('config');
    expect(target.findings[0]).toMatchObject({
      rule: 'egress/observed-within-allowed',
      verdict: 'fail',
      cause: 'egress-not-allowed',
      observed: '1 of 1 address outside the list: 127.0.0.1 (1 of 1 run)',
    });
    workspace.configure(configFor(place, ALLOWS_US));
    expect((await judge(workspace)).exit).toBe(0);
  });

  test('of another target leaves this one’s as it is, and is no pass for the one never tried', async () => {
    const { workspace, place } = await passedRun();
    await using _workspace = workspace;
    const { targets, ...rest } = configFor(place, ALLOWS_US);
    workspace.configure({ ...rest, targets: { ...targets, other: tcp(place, { firewallAllows: ['203.0.113.1'] }) } });
    const again = await judge(workspace);
    expect(again.exit).toBe(3);
    expect(targetIn(reportIn(again), 'partner-egress').verdict).toBe('pass');
    expect(reportIn(again).context?.findings).toContainEqual(
      expect.objectContaining({ rule: 'evidence/targets', verdict: 'inconclusive' }),
    );
    expect(reportIn(again).targets.map(({ name }) => name)).toEqual(['partner-egress']);
  });
});

describe('a folder whose evidence is not all that it was', () => {
  let passed: Awaited<ReturnType<typeof passedRun>>;
  let lines: readonly string[];
  beforeAll(async () => {
    passed = await passedRun();
    lines = readFileSync(fileOf(passed.workspace), 'utf8').trimEnd().split('\n');
    return () => passed.workspace[Symbol.asyncDispose]();
  });

  /** The folder of the run that passed, after something was done to it. */
  async function judgedAfter(change: (folder: string, file: string) => void) {
    const workspace = await openWorkspace();
    await using _workspace = workspace;
    const name = fileOf(passed.workspace).split('/').at(-1) ?? '';
    copyFileSync(fileOf(passed.workspace), workspace.path(name));
    change(workspace.folder, workspace.path(name));
    const ended = await runProbe(['judge', workspace.folder, '--report', 'json']);
    return { ...ended, report: ended.stdout === '' ? null : reportIn(ended), name };
  }

  const without = (index: number): string => `${lines.toSpliced(index, 1).join('\n')}\n`;
  const torn = (index: number): string => `${lines.with(index, lines[index]?.slice(0, 40) ?? '').join('\n')}\n`;

  test('passes as long as nothing was done to it', async () => {
    expect(passed.run.exit).toBe(0);
    expect((await judgedAfter(() => {})).exit).toBe(0);
  });

  test.each([
    ['a note of somebody', 'notes.txt', 'all is well\n'],
    ['an empty file', 'empty.ndjson', ''],
    ['a report', 'report.json', '{\n  "schemaVersion": 1,\n  "verdict": "pass"\n}\n'],
    ['records of another tool', 'other.ndjson', '{"record":"span","run":"1"}\n'],
  ])('never passes with %s in it, and names that file', async (_, name, text) => {
    const { exit, report } = await judgedAfter((folder) => writeFileSync(join(folder, name), text));
    expect(exit).toBe(3);
    expect(report?.verdict).toBe('inconclusive');
    const open = report?.context?.findings.filter(({ verdict }) => verdict !== 'pass');
    expect(open).toMatchObject([{ rule: 'evidence/readable', verdict: 'inconclusive', cause: 'evidence-unreadable' }]);
    expect(report?.context?.findings[0]?.observed).toContain(`${name}: no line of it is an evidence record`);
  });

  test('never passes with attempts whose run is missing', async () => {
    const { exit, report } = await judgedAfter((folder) => {
      const orphan = lines[1]?.replaceAll(passed.run.stdout.match(/"id": "([^"]+)"/)?.[1] ?? '', 'another-run');
      writeFileSync(join(folder, 'part.ndjson'), `${orphan}\n`);
    });
    expect(exit).toBe(3);
    expect(report?.context?.findings[0]?.observed).toContain('run another-run: 1 records, and the record that begins');
  });

  test.each([
    ['a line torn in the middle', (file: string) => writeFileSync(file, torn(7))],
    ['an attempt missing', (file: string) => writeFileSync(file, without(7))],
    [
      'an attempt twice',
      (file: string) => writeFileSync(file, `${lines.toSpliced(7, 0, lines[7] ?? '').join('\n')}\n`),
    ],
    ['its last attempts missing', (file: string) => writeFileSync(file, `${lines.toSpliced(20, 5).join('\n')}\n`)],
  ])('never passes with %s: records may be lost', async (_, change) => {
    const { exit, report } = await judgedAfter((__, file) => change(file));
    expect(exit).toBe(3);
    const target = report === null ? null : targetIn(report, 'partner-egress');
    expect(target?.verdict).toBe('inconclusive');
    expect(target?.findings).toContainEqual(
      expect.objectContaining({ rule: 'evidence/complete', verdict: 'inconclusive', cause: 'evidence-unreadable' }),
    );
    expect(target?.setAside.unreadable).toBe(1);
  });

  test.each([
    ['without its end', (file: string) => writeFileSync(file, without(lines.length - 1))],
    ['cut off in its last line, as by a kill', (file: string) => writeFileSync(file, lines.join('\n').slice(0, -20))],
  ])('never passes %s: the run was cut short', async (_, change) => {
    const { exit, report } = await judgedAfter((__, file) => change(file));
    expect(exit).toBe(3);
    expect(report?.runs).toMatchObject([{ endedAt: null, interrupted: true }]);
    expect(report === null ? [] : targetIn(report, 'partner-egress').findings).toContainEqual(
      expect.objectContaining({ verdict: 'inconclusive', cause: 'run-interrupted' }),
    );
  });

  test('still passes with a copy of a file in it, which adds nothing', async () => {
    const { exit, report } = await judgedAfter((folder, file) => copyFileSync(file, join(folder, 'copy.ndjson')));
    expect(exit).toBe(0);
    expect(report?.runs.length).toBe(1);
    expect(report?.targets[0]?.attempts.total).toBe(reportIn(passed.run).targets[0]?.attempts.total);
  });

  test('still passes with keys that this version does not know', async () => {
    const { exit } = await judgedAfter((_, file) =>
      writeFileSync(file, `${lines.map((line) => line.replace(/^\{/, '{"later":1,')).join('\n')}\n`),
    );
    expect(exit).toBe(0);
  });

  test('of a later schema version is refused: exit 2, with the place and what to do', async () => {
    const { exit, stdout, stderr, name } = await judgedAfter((_, file) =>
      writeFileSync(
        file,
        `${lines.with(0, lines[0]?.replace('"schemaVersion":1', '"schemaVersion":2') ?? '').join('\n')}\n`,
      ),
    );
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toBe(
      `probe: ${name}:1: evidence of schema version 2, and this tool reads up to 1\n` +
        'Judge this folder with the version of the tool that wrote it, or a later one.\n',
    );
  });

  test('of a later schema version is refused before a run adds to it', async () => {
    await using workspace = await openWorkspace(configFor(passed.place));
    workspace.write('later.ndjson', `${lines.join('\n').replace('"schemaVersion":1', '"schemaVersion":2')}\n`);
    expect(await workspace.probe(['all', '--evidence', workspace.folder])).toMatchObject({ exit: 2, stdout: '' });
    expect(readdirSync(workspace.folder).sort()).toEqual(['later.ndjson', 'probe.yaml']);
  });
});

function fileOf(workspace: Workspace): string {
  const [name = ''] = readdirSync(workspace.path('runs'));
  return join(workspace.path('runs'), name);
}
