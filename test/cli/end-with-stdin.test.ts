import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTcpEcho } from '../../fixtures/echo/echo.ts';
import { listen } from '../../fixtures/kit/listen.ts';
import { attemptsWritten, openKeep, openWorkspace, reportIn, type Workspace } from '../kit/cli.ts';
import { egress, fromStdin, type Place } from './targets.ts';

// A run that is held by its standard input: whoever started it may be killed without a word.

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

const WITHIN_MS = 5_000;
const ARGS = [
  'all',
  '--context',
  'here',
  '--evidence',
  'runs',
  '--report',
  'json',
  '--secrets-stdin',
  '--end-with-stdin',
];

let echo: Place;
let mute: Place;
beforeAll(async () => {
  echo = await keep(startTcpEcho());
  mute = await keep(listen(createServer((socket) => socket.resume())));
});

/** The port is the secret: without it nothing can be tried. */
const secrets = () => `${JSON.stringify({ 'scope/port': String(echo.port) })}\n`;

const configFor = (pace: string, others: object = {}) => ({
  version: 1,
  sampling: { pace, deadlines: { request: '60s' } },
  targets: { answers: egress(echo, { echo: [`tcp://${echo.host}:${fromStdin('scope/port')}`] }), ...others },
  contexts: { here: { ephemeral: false } },
});

const start = (workspace: Workspace, stdin: string) => workspace.start(ARGS, { stdin, holdsStdin: true });

describe('the end of standard input', () => {
  test('interrupts the run as SIGTERM does, also while an attempt hangs, and the report is written', async () => {
    await using workspace = await openWorkspace(configFor('10/s', { mute: egress(mute) }));
    const running = start(workspace, secrets());
    await attemptsWritten(workspace.path('runs'), 5, running);
    const begun = performance.now();
    running.child.stdin?.end();
    const ended = await running.ended;
    expect(performance.now() - begun).toBeLessThan(WITHIN_MS);
    expect(ended.exit).toBe(143);
    expect(reportIn(ended)).toMatchObject({ run: { interrupted: true }, exitCode: 3 });
  });

  test('before its first line interrupts as well', async () => {
    await using workspace = await openWorkspace(configFor('10/s'));
    const ended = await workspace.probe(ARGS, { stdin: '' });
    expect(ended).toMatchObject({ exit: 143, stdout: '', stderr: expect.stringContaining('standard input is empty') });
  });

  test('is the end of a process that was killed without a word', async () => {
    await using workspace = await openWorkspace(configFor('10/s'));
    const running = start(workspace, secrets());
    await attemptsWritten(workspace.path('runs'), 5, running);
    // what the system does to the pipe of a process that dies
    running.child.stdin?.destroy();
    expect((await running.ended).exit).toBe(143);
  });
});

test('a run that ends by itself waits for nobody to close its standard input', async () => {
  await using workspace = await openWorkspace(configFor('100/s'));
  const running = start(workspace, secrets());
  const ended = await running.ended;
  expect(ended.exit).toBe(0);
  expect(reportIn(ended).verdict).toBe('pass');
});

test('what follows the first line is no secret, and is thrown away', async () => {
  await using workspace = await openWorkspace(configFor('100/s'));
  expect((await start(workspace, `${secrets()}and more\n`).ended).exit).toBe(0);
});

test('without the flag the secrets are all of standard input, read to its end', async () => {
  await using workspace = await openWorkspace(configFor('100/s'));
  const args = ARGS.filter((each) => each !== '--end-with-stdin');
  expect((await workspace.probe(args, { stdin: secrets() })).exit).toBe(0);
  expect((await workspace.probe(args, { stdin: `${secrets()}and more\n` })).exit).toBe(2);
});
