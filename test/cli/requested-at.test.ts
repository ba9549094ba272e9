import { expect, test } from 'vitest';
import { evidenceIn, openWorkspace } from '../kit/cli.ts';
import { closedPlace, tcp } from './targets.ts';

const requestedAts = (folder: string) =>
  evidenceIn(folder).flatMap((record) => (record.record === 'run' ? [record.requestedAt] : []));

test.each([
  ['all', ['all']],
  ['run', ['run', 'drop']],
])('`probe %s` writes down when the platform was asked for the run', async (_, command) => {
  await using workspace = await openWorkspace({ version: 1, targets: { drop: tcp(await closedPlace()) } });
  const args = [...command, '--evidence', 'evidence', '--requested-at', '2026-11-24T09:00:00+01:00'];
  expect(await workspace.probe(args)).toMatchObject({ exit: 1 });
  expect(requestedAts(workspace.path('evidence'))).toEqual(['2026-11-24T08:00:00.000Z']);
});

test('without it the evidence says that nobody knows', async () => {
  await using workspace = await openWorkspace({ version: 1, targets: { drop: tcp(await closedPlace()) } });
  await workspace.probe(['all', '--evidence', 'evidence']);
  expect(requestedAts(workspace.path('evidence'))).toEqual([null]);
});

test.each([
  [
    'a time that is none',
    'yesterday',
    /^probe: --requested-at: no time: yesterday\nGive an ISO 8601 time with its offset/,
  ],
  ['a time to come', '2126-01-01T00:00:00Z', /^probe: --requested-at: .* is more than 5 minutes after the beginning/],
])('%s is refused before anything is tried', async (_, time, says) => {
  await using workspace = await openWorkspace({ version: 1, targets: { drop: tcp(await closedPlace()) } });
  const ended = await workspace.probe(['all', '--evidence', 'evidence', '--requested-at', time]);
  expect(ended).toEqual({ exit: 2, stdout: '', stderr: expect.stringMatching(says) });
  expect(() => evidenceIn(workspace.path('evidence'))).toThrow('ENOENT');
});

test('a run that is written as of another time was asked for before that', async () => {
  await using workspace = await openWorkspace({
    version: 1,
    targets: { drop: tcp(await closedPlace()) },
    lab: { bootId: 'boot-1', at: '2026-11-01T08:00:00Z' },
  });
  const asked = (time: string) => workspace.probe(['all', '--evidence', 'evidence', '--requested-at', time]);
  expect(await asked('2026-11-01T08:06:00Z')).toMatchObject({ exit: 2 });
  expect(await asked('2026-11-01T07:59:40Z')).toMatchObject({ exit: 1 });
  expect(requestedAts(workspace.path('evidence'))).toEqual(['2026-11-01T07:59:40.000Z']);
});
