import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorkspace, reportIn, verdictsIn, type Workspace } from '../kit/cli.ts';
import { closedPlace, tcp } from './targets.ts';

// A run of some targets answers for those: what the others of its folder have found is asked of `probe judge`.

let server: Server;
let workspace: Workspace;

beforeAll(async () => {
  server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  workspace = await openWorkspace({
    version: 1,
    sampling: { pace: '100/s' },
    targets: { open: tcp({ host: '127.0.0.1', port: address.port }), closed: tcp(await closedPlace()) },
    workloads: { reads: { uses: ['open'] }, both: { uses: ['open', 'closed'] } },
    contexts: { serverless: { ephemeral: true } },
  });
});
afterAll(async () => {
  await workspace?.[Symbol.asyncDispose]();
  server?.close();
});

const ask = async (...args: readonly string[]) => {
  const ended = await workspace.probe([...args, '--report', 'json']);
  return { ...ended, report: reportIn(ended) };
};
const RUN = ['--context', 'serverless', '--evidence', 'runs'];

test('a run of all fails by the target that is closed, and with it the workload that uses both', async () => {
  const { exit, report } = await ask('all', ...RUN);
  expect(exit).toBe(1);
  expect(verdictsIn(report)).toEqual({ open: 'inconclusive', closed: 'fail' });
  expect(report.workloads.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
    'reads inconclusive',
    'both fail',
  ]);
});

test.each([
  ['that names it', ['run', 'open']],
  ['of the workload that uses it', ['all', '--workload', 'reads']],
])('a run %s reports that target alone, with its history', async (_, args) => {
  const { exit, report } = await ask(...args, ...RUN);
  expect(exit).toBe(3);
  expect(verdictsIn(report)).toEqual({ open: 'inconclusive' });
  expect(report.targets[0]?.runs).toBe(report.runs.length);
  expect(report.workloads.map(({ name }) => name)).toEqual(['reads']);
});

test('judging the folder again answers for all of them', async () => {
  const { exit, report } = await ask('judge', 'runs');
  expect(exit).toBe(1);
  expect(verdictsIn(report)).toEqual({ open: 'inconclusive', closed: 'fail' });
});
