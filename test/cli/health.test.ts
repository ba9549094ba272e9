import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptRecord, HealthRecord } from '../../src/model/records.ts';
import type { Report } from '../../src/model/report.ts';
import { type Ended, evidenceIn, openKeep, openWorkspace, reportIn, targetIn, type Workspace } from '../kit/cli.ts';
import { closedPlace, type Place, tcp } from './targets.ts';

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

type Mute = Place & AsyncDisposable & { opened(count: number): Promise<void> };

/** Accepts, and never says a word: no handshake of TLS, and unless it `closes` in turn not even that it is over. */
async function startMute({ closes = false } = {}): Promise<Mute> {
  let connections = 0;
  const server = createServer({ allowHalfOpen: !closes }, (socket) => {
    connections += 1;
    socket.on('error', () => {}).resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    host: '127.0.0.1',
    port,
    async opened(count) {
      while (connections < count) await once(server, 'connection');
    },
    async [Symbol.asyncDispose]() {
      server.close();
    },
  };
}

/** The broadcast address of the loopback: the kernel knows no way there for TCP, and says so at once. */
const noWayTo = (port: number): Place => ({ host: '127.255.255.255', port });

const attemptsIn = (workspace: Workspace, target: string): readonly AttemptRecord[] =>
  evidenceIn(workspace.path('runs')).flatMap((record) =>
    record.record === 'attempt' && record.target === target ? [record] : [],
  );
const healthIn = (workspace: Workspace): readonly HealthRecord[] =>
  evidenceIn(workspace.path('runs')).flatMap((record) => (record.record === 'health' ? [record] : []));

const taintsOf = (attempts: readonly AttemptRecord[]) => [...new Set(attempts.map(({ taint }) => taint))];
const contextFinding = ({ context }: Report, rule: string) =>
  context?.findings.find((finding) => finding.rule === rule);

const ARGS = ['all', '--context', 'serverless', '--evidence', 'runs', '--report', 'json'];

describe('a probe that is stopped for some seconds', () => {
  let workspace: Workspace;
  let ended: Ended;
  beforeAll(async () => {
    const mute = await keep(startMute());
    workspace = await keep(
      openWorkspace({ version: 1, sampling: { pace: '100/s', attempts: 4 }, targets: { 'ftp-drop': tcp(mute) } }),
    );
    const running = workspace.start([...ARGS, '--scope', 'run']);
    // an attempt watches its connection for a while, so that the stop falls into that
    await mute.opened(2);
    running.child.kill('SIGSTOP');
    await pass(3_500);
    running.child.kill('SIGCONT');
    ended = await running.ended;
  });

  test('taints the attempt that was under way, and makes up for it', () => {
    const attempts = attemptsIn(workspace, 'ftp-drop');
    expect(attempts.filter(({ taint }) => taint !== null)).toMatchObject([{ taint: 'starved' }]);
    expect(attempts).toHaveLength(5);
  });

  test('writes what was seen', () => {
    const paused = healthIn(workspace).filter(({ seen }) => seen.includes('pause'));
    expect(paused).toHaveLength(1);
    expect(paused[0]?.measures['longestStallMs']).toBeGreaterThan(3_000);
    expect(paused[0]?.measures).toMatchObject({ stalls: expect.any(Number), cpuMs: expect.any(Number) });
  });

  test('says so in the report, and blames no target for it', () => {
    const report = reportIn(ended);
    expect(targetIn(report, 'ftp-drop').attempts).toMatchObject({ total: 5, succeeded: 4, failed: 0, tainted: 1 });
    expect(report.verdict).not.toBe('fail');
    expect(contextFinding(report, 'context/healthy')?.observed).toContain('1 attempt in no rate for it');
  });
});

test('a target that is slow, to a probe that is well, is not excused', async () => {
  const mute = await keep(startMute());
  const workspace = await keep(
    openWorkspace({
      version: 1,
      sampling: { pace: '100/s', deadlines: { tls: '1s' } },
      targets: { 'ftp-drop': tcp(mute, { tls: true }) },
    }),
  );
  const ended = await workspace.probe(ARGS);
  expect(attemptsIn(workspace, 'ftp-drop')).toHaveLength(5);
  expect(taintsOf(attemptsIn(workspace, 'ftp-drop'))).toEqual([null]);
  expect(ended.exit).toBe(1);
  expect(targetIn(reportIn(ended), 'ftp-drop')).toMatchObject({ verdict: 'fail' });
});

describe('a target that cannot be reached', () => {
  const run = async (targets: object) => {
    const workspace = await keep(openWorkspace({ version: 1, sampling: { pace: '100/s' }, targets }));
    const ended = await workspace.probe(ARGS);
    return { workspace, ended, report: reportIn(ended) };
  };

  test('is not failed while the control cannot be reached either: the context is', async () => {
    const { workspace, ended, report } = await run({
      'ftp-drop': tcp(noWayTo(21)),
      uplink: tcp(noWayTo(443), { control: true }),
    });
    expect(attemptsIn(workspace, 'ftp-drop')[0]?.failure).toMatchObject({ cause: 'host-unreachable' });
    expect(taintsOf(attemptsIn(workspace, 'ftp-drop'))).toEqual(['uplink']);
    expect(report.targets).toMatchObject([{ name: 'ftp-drop', verdict: 'inconclusive' }]);
    expect(report.targets[0]?.attempts).toMatchObject({ failed: 0 });
    expect(contextFinding(report, 'context/uplink-stable')).toMatchObject({
      verdict: 'fail',
      cause: 'uplink-unstable',
    });
    expect(ended.exit).toBe(1);
    const again = await workspace.probe(['judge', 'runs', '--report', 'json']);
    expect(contextFinding(reportIn(again), 'context/uplink-stable')).toEqual(
      contextFinding(report, 'context/uplink-stable'),
    );
  });

  test('fails where the control works', async () => {
    const { workspace, report } = await run({
      'ftp-drop': tcp(noWayTo(21)),
      uplink: tcp(await keep(startMute({ closes: true })), { control: true }),
    });
    expect(taintsOf(attemptsIn(workspace, 'ftp-drop'))).toEqual([null]);
    expect(report.targets).toMatchObject([{ name: 'ftp-drop', verdict: 'fail' }]);
    expect(contextFinding(report, 'context/uplink-stable')).toMatchObject({ verdict: 'inconclusive' });
  });

  test('fails where the control refuses: that was an answer', async () => {
    const { workspace, report } = await run({
      'ftp-drop': tcp(noWayTo(21)),
      uplink: tcp(await closedPlace(), { control: true }),
    });
    expect(taintsOf(attemptsIn(workspace, 'ftp-drop'))).toEqual([null]);
    expect(report.targets).toMatchObject([{ name: 'ftp-drop', verdict: 'fail' }]);
  });

  test('fails beside two others, and the report asks for a control', async () => {
    const { report } = await run({
      a: tcp(await closedPlace()),
      b: tcp(await closedPlace()),
      c: tcp(await closedPlace()),
    });
    expect(report.targets.map(({ verdict }) => verdict)).toEqual(['fail', 'fail', 'fail']);
    expect(contextFinding(report, 'context/uplink-known')).toMatchObject({ verdict: 'warn', cause: 'uplink-unknown' });
  });
});
