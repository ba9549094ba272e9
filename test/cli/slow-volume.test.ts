import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTcpEcho } from '../../fixtures/echo/echo.ts';
import { openKeep, openWorkspace, type Running, reportIn } from '../kit/cli.ts';
import { egress, type Place } from './targets.ts';

// A volume that takes its time with the last part of a run: signals that come then, when nothing is tried any more.

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

let echo: Place;
beforeAll(async () => {
  echo = await keep(startTcpEcho());
});

/** Opening a pipe that nobody reads holds a thread up, as a volume does that hangs; whoever reads it has the part. */
const SLOW_VOLUME = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { open } = fs.promises;
fs.promises.open = (path, ...rest) => {
  if (!path.endsWith('.0002.ndjson')) return open(path, ...rest);
  fs.writeSync(2, 'the last part is being written\\n');
  return open(process.env.LAST_PART, 'w');
};
syncBuiltinESMExports();
`;

async function publishingSlowly() {
  const workspace = await openWorkspace({
    version: 1,
    sampling: { pace: '200/s' },
    targets: { answers: egress(echo) },
    contexts: { here: { ephemeral: false } },
  });
  const lastPart = workspace.path('last-part');
  spawnSync('mkfifo', [lastPart]);
  const env = { LAST_PART: lastPart, NODE_OPTIONS: `--import=${workspace.write('slow-volume.mjs', SLOW_VOLUME)}` };
  const args = ['all', '--context', 'here', '--evidence', 'gathered', '--publish', 'runs', '--report', 'json'];
  const running = workspace.start(args, { env });
  await said('the last part is being written', running);
  return { running, lastPart, [Symbol.asyncDispose]: workspace[Symbol.asyncDispose] };
}

async function said(words: string, { child, ended }: Running): Promise<void> {
  const over = ended.then(({ exit, stderr }) => {
    throw new Error(`the run is over, exit ${exit}:\n${stderr}`);
  });
  const heard = new Promise<void>((resolve) => {
    child.stderr?.on('data', (text) => String(text).includes(words) && resolve());
  });
  await Promise.race([heard, over]);
}

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

describe.each(SIGNALS)('%s while the last part of a run is being written', (signal, code) => {
  test(`lets it be written to its end, and ends the process with exit ${code}`, async () => {
    await using run = await publishingSlowly();
    run.running.child.kill(signal);
    const part = await readFile(run.lastPart, 'utf8');
    const ended = await run.running.ended;
    expect(ended.exit).toBe(code);
    expect(part).toContain('"record":"end"');
    // nothing was left to interrupt
    expect(reportIn(ended)).toMatchObject({ verdict: 'pass', run: { interrupted: false } });
    expect(ended.stderr).not.toContain('is not all in');
  });
});

test('a second signal ends the process at once, though the volume hangs', async () => {
  await using run = await publishingSlowly();
  const exited = once(run.running.child, 'exit');
  // two different ones: the same one may come as one
  run.running.child.kill('SIGINT');
  run.running.child.kill('SIGTERM');
  expect(await exited).toEqual([null, 'SIGTERM']);
});
