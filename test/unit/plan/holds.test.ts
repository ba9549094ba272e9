import { describe, expect, test } from 'vitest';
import type { HeldRun } from '../../../src/model/analysis.ts';
import type { HoldSampling } from '../../../src/model/config.ts';
import type { HoldRequest } from '../../../src/model/records.ts';
import type { History } from '../../../src/plan/history.ts';
import { NO_HISTORY } from '../../../src/plan/history.ts';
import { configured, type Planning, planned, type Targeted, workload } from './configured.ts';

const holding = (over: Partial<HoldSampling> = {}) => ({
  holds: { rungsMs: [], keepalive: null, sockets: 3, ...over },
});
const idling = (longestIdleMs: number, uses = ['claims-db']) => [workload('ingest', { longestIdleMs, uses })];
/** Attempts of a run over a period, with those that are spare. */
const TRIED = 18;
const IN_USE: Targeted = { holds: ['idle', 'in-use'] };

const textOf = ({ kind, plannedMs, keepalive }: HoldRequest): string => {
  const seconds = plannedMs / 1_000;
  if (kind !== 'idle') return `${kind} ${seconds}`;
  return keepalive === 'as-client' ? `${seconds}` : `${seconds} kept ${keepalive.intervalMs / 1_000}`;
};

const plans = (targets: Readonly<Record<string, Targeted>>, over: Planning = {}) =>
  planned(
    Object.entries(targets).map(([name, target]) => configured(name, target)),
    over,
  );
const holdsOf = (targets: Readonly<Record<string, Targeted>>, over: Planning = {}) =>
  Object.fromEntries(plans(targets, over).targets.map(({ record, holds }) => [record.name, holds.map(textOf)]));
const claims = (over: Planning, target: Targeted = IN_USE) => holdsOf({ 'claims-db': target }, over)['claims-db'];
const rungsIn = (over: Planning) => [...new Set(claims(over)?.filter((text) => /^\d+$/.test(text)))].map(Number);

describe('the rungs of the ladder', () => {
  test.each<[string, Planning, number[]]>([
    ['nothing, where no workload idles, under gate', { profile: 'gate' }, []],
    ['known limits below it and the longest idle, under gate', { workloads: idling(600_000) }, [600, 360, 250]],
    [
      'every known limit under gate, where the longest idle is beyond them',
      { workloads: idling(3_600_000) },
      [3600, 1860, 1260, 360, 250],
    ],
    ['every known limit under strict', { profile: 'strict', workloads: idling(300_000) }, [1860, 1260, 360, 300, 250]],
    ['every known limit under strict, where no workload idles', { profile: 'strict' }, [1860, 1260, 360, 250]],
    ['nothing under quick', { profile: 'quick', workloads: idling(600_000) }, []],
    [
      'what is written and the longest idle, under quick',
      { profile: 'quick', sampling: holding({ rungsMs: [2_000] }), workloads: idling(5_000) },
      [5, 2],
    ],
    [
      'what is written in place of the known limits, under gate',
      { sampling: holding({ rungsMs: [20_000] }), workloads: idling(600_000) },
      [600, 20],
    ],
    [
      'the longest idle alone, where no rungs are written',
      { profile: 'strict', sampling: holding(), workloads: idling(600_000) },
      [600],
    ],
  ])('are %s', (_, over, rungs) => {
    expect(rungsIn({ scope: 'run', ...over })).toEqual(rungs);
  });

  test('are those of the target, where it writes its own', () => {
    const target = { ...IN_USE, sampling: holding({ rungsMs: [4_000], sockets: 1 }) };
    expect(claims({ sampling: holding({ rungsMs: [9_000] }) }, target)).toEqual(['4', '4 kept 30', 'in-use 4']);
  });
});

describe('the connections of the ladder', () => {
  test('are three at each rung as the client has them, the longest first, then one with keepalive and one in use', () => {
    expect(claims({ workloads: idling(300_000) })).toEqual([
      ...['300', '300', '300', '300 kept 30', 'in-use 300'],
      ...['250', '250', '250'],
    ]);
  });

  test('are set against others as long as the longest idle, and not as long as the rungs that only inform', () => {
    expect(claims({ profile: 'strict', workloads: idling(300_000) })?.filter((text) => / /.test(text))).toEqual([
      '300 kept 30',
      'in-use 300',
    ]);
  });

  test('are set against others as long as the longest rung that is written, where that is longer', () => {
    const sampling = holding({ rungsMs: [2_000, 12_000], sockets: 1 });
    expect(claims({ sampling, workloads: idling(4_000) })).toEqual(['12', '12 kept 30', 'in-use 12', '4', '2']);
  });

  test('try a keepalive that is written at every rung', () => {
    const sampling = holding({ rungsMs: [2_000, 4_000], keepalive: { intervalMs: 1_000 }, sockets: 1 });
    expect(claims({ sampling })).toEqual(['4', '4 kept 1', 'in-use 4', '2', '2 kept 1']);
  });

  test('are not set against a keepalive that is the client’s', () => {
    const sampling = holding({ rungsMs: [2_000], keepalive: 'as-client', sockets: 1 });
    expect(claims({ sampling })).toEqual(['2', 'in-use 2']);
  });

  test('are in use only where the probe can use them', () => {
    expect(claims({ workloads: idling(100_000) }, { holds: ['idle'] })).not.toContain('in-use 100');
  });
});

describe('a server that may not hold them all', () => {
  const sampling = holding({ rungsMs: [2_000, 4_000, 8_000, 12_000] });
  const within = (held: number, more: Planning = {}) =>
    plans({ 'claims-db': IN_USE }, { ...more, sampling: { ...sampling, held } });

  test('keeps one at each rung and those to set against them; further ones at the shortest first', () => {
    const { targets, servers, warnings } = within(8);
    expect(targets[0]?.holds.map(textOf)).toEqual(['12', '12 kept 30', 'in-use 12', '8', '4', '4', '2', '2']);
    expect(servers[0]).toMatchObject({ holds: 8, heldAtOnce: 8, heldMs: 12_000 });
    expect(warnings.filter((warning) => warning.includes('sampling.held'))).toEqual([
      'claims-db: a server may hold 8 connections at once (sampling.held), so that of those to be held these are left out: 2 of 8 s, 2 of 12 s, 1 of 2 s, 1 of 4 s.',
    ]);
  });

  test('leaves out whole rungs, the longest first, but never the one that is judged', () => {
    expect(within(3).targets[0]?.holds.map(textOf)).toEqual(['8', '4', '2']);
    const judged = within(3, { workloads: idling(12_000) });
    expect(judged.targets[0]?.holds.map(textOf)).toEqual(['12', '4', '2']);
    expect(judged.targets[0]?.record.holds).toEqual(judged.targets[0]?.holds);
  });

  test('says nothing where all of them fit', () => {
    expect(within(14).warnings.filter((warning) => warning.includes('sampling.held'))).toEqual([]);
  });

  test('is reckoned over all targets that hold there, whatever other servers they use', () => {
    const servers = [{ address: 'a:1' }, { address: 'b:1' }];
    const { servers: loads } = plans(
      { one: { type: 'one', servers }, other: { type: 'other', servers: [{ address: 'b:1' }] } },
      { sampling: { ...holding({ rungsMs: [1_000, 2_000], sockets: 4 }), held: 5 } },
    );
    expect(loads.map(({ address, heldAtOnce }) => `${address} ${heldAtOnce}`)).toEqual(['a:1 3', 'b:1 5']);
  });
});

describe('targets of one type that share a server', () => {
  const two = { 'claims-db': IN_USE, archive: IN_USE };
  const heldBy = (targets: Readonly<Record<string, Targeted>>, over: Planning) =>
    Object.fromEntries(plans(targets, over).targets.map(({ record }) => [record.name, record.heldBy]));

  test('have one ladder, with the longest idle of each, held by the first', () => {
    const workloads = [...idling(100_000), ...idling(200_000, ['archive'])];
    expect(holdsOf(two, { workloads })).toEqual({
      'claims-db': ['200', '200', '200', '200 kept 30', 'in-use 200', '100', '100', '100'],
      archive: [],
    });
    expect(heldBy(two, { workloads })).toEqual({ 'claims-db': null, archive: 'claims-db' });
  });

  test('leave it to one that can log in and has worked before', () => {
    const workloads = idling(100_000, ['claims-db', 'archive']);
    const history: History = { ...NO_HISTORY, hasSucceeded: (digest) => digest === digestOf('archive') };
    const digestOf = (name: string) =>
      plans({ ...two, archive: { ...IN_USE, canonical: '{"other":1}' } }, { workloads }).targets.find(
        ({ record }) => record.name === name,
      )?.record.digest;
    const targets = { ...two, archive: { ...IN_USE, canonical: '{"other":1}' } };
    expect(heldBy(targets, { workloads, history })).toEqual({ 'claims-db': 'archive', archive: null });
    const kerberos = { ...IN_USE, bound: { untestable: 'Kerberos' } };
    expect(heldBy({ ...two, 'claims-db': kerberos }, { workloads })).toEqual({ 'claims-db': 'archive', archive: null });
    expect(holdsOf({ 'claims-db': kerberos }, { workloads })).toEqual({ 'claims-db': [] });
  });

  test('have each their own where the type or the servers differ, since another client keeps connections otherwise', () => {
    const workloads = idling(100_000, ['claims-db', 'archive']);
    for (const other of [{ type: 'other' }, { servers: [{ address: 'archive:1433' }] }]) {
      const targets = { ...two, archive: { ...IN_USE, ...other } };
      expect(heldBy(targets, { workloads })).toEqual({ 'claims-db': null, archive: null });
      expect(holdsOf(targets, { workloads })['archive']).toHaveLength(5);
    }
  });
});

describe('over the runs of a history', () => {
  const historyWith = (runs: readonly Partial<HeldRun>[]): History => ({
    ...NO_HISTORY,
    held: (_, kind, { longestMs, neededMs }) => {
      const asLong = runs.filter((run) => (run.kind ?? 'idle') === kind && (run.longestMs ?? 100_000) >= longestMs);
      const lostAtMs = asLong.at(-1)?.lostAtMs ?? null;
      return { runs: asLong.length, latestLost: lostAtMs !== null && neededMs !== null && lostAtMs <= neededMs };
    },
  });
  const count = (history: History, over: Planning = {}) =>
    claims({ workloads: idling(100_000), history, ...over })?.length;

  test.each<[string, readonly Partial<HeldRun>[], number]>([
    ['once more after two', [{}, {}], 5],
    ['no more after three', [{}, {}, {}], 0],
    ['again after three of which the latest lost what is needed', [{}, {}, { lostAtMs: 60_000 }], 5],
    ['no more after an earlier one that did', [{}, { lostAtMs: 60_000 }, {}], 0],
    ['no more where only more than is needed was lost', [{}, {}, { longestMs: 300_000, lostAtMs: 300_000 }], 0],
    ['again where none of the three was held so long', [{}, {}, { longestMs: 50_000 }], 5],
  ])('a ladder is held %s', (_, runs, holds) => {
    expect(count(historyWith(runs))).toBe(holds);
  });

  test('a run that is judged alone holds its own', () => {
    expect(count(historyWith([{}, {}, {}]), { scope: 'run' })).toBe(5);
  });

  test('one of the targets that needs it is enough', () => {
    const workloads = [...idling(100_000), ...idling(200_000, ['archive'])];
    expect(
      holdsOf({ 'claims-db': IN_USE, archive: IN_USE }, { workloads, history: historyWith([{}, {}, {}]) })['claims-db'],
    ).toHaveLength(8);
  });
});

describe('a hold that an expectation asks for', () => {
  const membership = { kind: 'membership', plannedMs: 60_000, keepalive: 'as-client' } as const;
  const member: Targeted = {
    holds: ['idle', 'in-use', 'membership'],
    wanted: [membership],
    servers: [{ address: 'kafka:9093', connections: 3, logins: 3, joins: 1, commits: 1 }],
  };

  test.each(['quick', 'gate', 'strict'] as const)('is planned under %s', (profile) => {
    expect(claims({ profile, sampling: holding(), scope: 'run' }, member)).toEqual(['membership 60']);
  });

  test('takes two connections, two logins and a join of its server', () => {
    const { servers } = plans({ events: member }, {});
    expect(servers[0]).toMatchObject({
      holds: 1,
      heldAtOnce: 2,
      heldMs: 60_000,
      logins: 3 * TRIED + 2,
      connections: 3 * TRIED + 2,
      joins: 1,
    });
  });

  test('is not planned where no group is joined, at a control, or where nothing can log in', () => {
    expect(claims({}, { ...member, servers: [{ address: 'kafka:9093' }] })).toEqual([]);
    expect(claims({}, { ...member, control: true })).toEqual([]);
    expect(claims({}, { ...member, bound: { untestable: 'Kerberos' } })).toEqual([]);
  });
});

describe('what is planned of them', () => {
  test('counts in connections, logins and bytes, and a connection in use by every use', () => {
    const { servers, durationMs } = plans({ 'claims-db': IN_USE }, { workloads: idling(100_000) });
    expect(servers[0]).toMatchObject({
      connections: TRIED + 5,
      logins: TRIED + 5,
      bytes: (TRIED + 4 + 20) * 1_000,
      openAtOnce: 1 + 5,
      holds: 5,
      heldAtOnce: 5,
      heldMs: 100_000,
    });
    expect(durationMs).toBe(100_000 * 1.02 + 5_000);
  });

  test('leaves the attempts the logins that are left', () => {
    const { targets } = plans(
      { 'claims-db': IN_USE },
      { scope: 'run', sampling: { logins: 35, attempts: 60 }, workloads: idling(100_000) },
    );
    expect(targets[0]?.attempts.most).toBe(30);
  });
});
