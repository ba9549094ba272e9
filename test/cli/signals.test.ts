import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTcpEcho } from '../../fixtures/echo/echo.ts';
import { type Listening, listen } from '../../fixtures/kit/listen.ts';
import {
  attemptsWritten,
  causesIn,
  openKeep,
  openWorkspace,
  reportIn,
  runProbe,
  startProbe,
  targetIn,
  withoutJudgedAt,
} from '../kit/cli.ts';
import { egress, type Place } from './targets.ts';

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

let echo: Place;
/** Accepts and never says a word: an attempt upon it is in flight until it is ended. */
let mute: Listening;
beforeAll(async () => {
  echo = await keep(startTcpEcho());
  mute = await keep(listen(createServer((socket) => socket.resume())));
});

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

const configFor = (pace: string) => ({
  version: 1,
  sampling: { pace, deadlines: { request: '60s' } },
  targets: { answers: egress(echo), mute: egress(mute) },
  contexts: { here: { ephemeral: false } },
});

const ALL = ['all', '--context', 'here', '--evidence', 'runs', '--report', 'json', '--report', 'table=table.txt'];

describe.each(SIGNALS)('%s in the middle of a run', (signal, code) => {
  test(`ends it with exit ${code}, and writes the report of what there is`, async () => {
    // at this pace the run would take some four seconds
    await using workspace = await openWorkspace(configFor('10/s'));
    const running = workspace.start(ALL);
    await attemptsWritten(workspace.path('runs'), 5, running);
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended.exit).toBe(code);
    const report = reportIn(ended);
    expect(report.run?.interrupted).toBe(true);
    expect(report.run?.endedAt).not.toBeNull();
    // the exit code in the report is that of its verdict
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    const answers = targetIn(report, 'answers');
    expect(answers.attempts).toMatchObject({ failed: 0, broken: 0 });
    expect(answers.attempts.succeeded).toBeGreaterThanOrEqual(3);
    expect(answers.attempts.succeeded).toBeLessThan(32);
    expect(answers.stopped).toMatchObject([{ reason: 'interrupted', runs: 1 }]);
    expect(causesIn(answers)).toContain('run-interrupted');
    expect(readFileSync(workspace.path('table.txt'), 'utf8')).toContain(', interrupted; ');
  });

  test('aborts the attempt in flight, which is in no rate', async () => {
    await using workspace = await openWorkspace(configFor('100/s'));
    const running = workspace.start(ALL);
    await attemptsWritten(workspace.path('runs'), 5, running);
    running.child.kill(signal);
    const report = reportIn(await running.ended);
    expect(targetIn(report, 'mute').attempts).toMatchObject({ total: 1, aborted: 1, failed: 0, broken: 0 });
    expect(targetIn(report, 'mute').verdict).toBe('inconclusive');
  });

  test('leaves evidence that gives the same report again', async () => {
    await using workspace = await openWorkspace(configFor('10/s'));
    const running = workspace.start(ALL);
    await attemptsWritten(workspace.path('runs'), 5, running);
    running.child.kill(signal);
    const { stdout } = await running.ended;
    const again = await workspace.probe(['judge', 'runs', '--report', 'json']);
    expect(again.exit).toBe(3);
    expect(withoutJudgedAt(again.stdout)).toBe(withoutJudgedAt(stdout));
  });
});

describe('a server of our own', () => {
  test.each(SIGNALS)('`probe echo` ends in order at %s', async (signal, code) => {
    const running = startProbe(['echo', '--host', '127.0.0.1', '--http', '0', '--tcp', '0']);
    const said = await firstLineOf(running.child.stderr);
    const [, port = ''] = /http:\/\/127\.0\.0\.1:(\d+)\/ip/.exec(said) ?? [];
    expect(await (await fetch(`http://127.0.0.1:${port}/ip`)).json()).toEqual({ ip: '127.0.0.1' });
    running.child.kill(signal);
    expect(await running.ended).toMatchObject({ exit: code, stdout: '' });
  });

  test('`probe lab` prints a configuration that the other commands take, and ends in order', async () => {
    await using workspace = await openWorkspace();
    const running = workspace.start(['lab', 'dedicated', '--write', 'lab.yaml']);
    let said = '';
    for await (const text of running.child.stderr ?? []) {
      said += text;
      if (said.includes('End it with Ctrl-C.')) break;
    }
    // as a shell would read them
    const variables = [...said.matchAll(/^export (LAB_\w+)='([^']*)'$/gm)];
    const env = Object.fromEntries(variables.map(([, name = '', value = '']) => [name, value]));
    expect(variables.length).toBeGreaterThan(0);
    expect(await workspace.probe(['check', '--config', 'lab.yaml'], { env })).toMatchObject({ exit: 0 });
    const run = await workspace.probe(
      ['egress', '--config', 'lab.yaml', '--context', 'dedicated', '--report', 'json'],
      { env },
    );
    expect(run.exit).toBe(0);
    expect(reportIn(run).targets).toMatchObject([{ name: 'partner-egress', verdict: 'pass' }]);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ exit: 130 });
    expect((await runProbe(['check', '--config', workspace.path('lab.yaml')])).exit).toBe(2);
  });
});

async function firstLineOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  const [text] = stream === null ? [''] : await once(stream, 'data');
  return String(text);
}
