import { describe, expect, test } from 'vitest';
import { demand, requirement } from '../../kit/evidence.ts';
import { configured, type Planning, planned, type Targeted, workload } from './configured.ts';

const one = (over: Targeted = {}, planning: Planning = {}) => {
  const [target] = planned([configured('claims-db', over)], planning).targets;
  if (target === undefined) throw new Error('no target');
  return target;
};
const recordOf = (over: Targeted = {}, planning: Planning = {}) => one(over, planning).record;

describe('the digest of a target', () => {
  const digest = recordOf().digest;

  test.each<[string, Targeted]>([
    ['its settings as written', { canonical: '{"database":"other"}' }],
    ['a server as resolved', { servers: [{ address: 'moved.internal:1433' }] }],
    ['another server beside it', { servers: [{ address: 'claims.internal:1433' }, { address: 'b:1' }] }],
    ['the identity', { identity: 'svc@claims.internal:1433' }],
  ])('changes with %s', (_, over) => {
    expect(recordOf(over).digest).not.toBe(digest);
  });

  test.each<[string, Targeted, Planning]>([
    ['an allowlist', { requirement: { firewallAllows: ['203.0.113.0/24'] } }, {}],
    ['any other requirement', { requirement: { path: 'private', survivesIdleMs: 1_000 } }, {}],
    ['sampling', { sampling: { attempts: 14 } }, { sampling: { pace: 2 } }],
    ['a workload', {}, { workloads: [workload('ingest', { connectionsPerRun: 34 })] }],
    ['what the probe says of it', { bound: { differences: ['no Kerberos'], untestable: 'x', privileges: ['y'] } }, {}],
  ])('does not change with %s', (_, over, planning) => {
    expect(recordOf(over, planning).digest).toBe(digest);
  });

  test('does not change with its name or with a target beside it', () => {
    const { targets } = planned([configured('a', { servers: [{ address: 'a:1' }] }), configured('renamed')]);
    expect(targets[1]?.record.digest).toBe(digest);
  });
});

describe('the record of a target', () => {
  test('says what is required and demanded, and how it connects, without any setting', () => {
    const over = {
      requirement: { firewallAllows: ['203.0.113.0/24'] },
      identity: 'svc@claims.internal:1433',
      canonical: `{"password":"\${env:P}"}`,
      bound: { differences: ['no Kerberos'] },
    };
    const workloads = [workload('ingest', { connectionsPerRun: 34, longestIdleMs: 5_000 })];
    const record = recordOf(over, { workloads, profile: 'quick' });
    expect(record).toMatchObject({
      name: 'claims-db',
      type: 'fake',
      endpoint: 'claims.internal:1433',
      servers: ['claims.internal:1433'],
      identity: 'svc@claims.internal:1433',
      requirement: requirement({ firewallAllows: ['203.0.113.0/24'] }),
      demand: demand({ workloads: ['ingest'], connectionsPerRun: 34, longestIdleMs: 5_000 }),
      differences: ['no Kerberos'],
      stages: ['connect', 'request'],
      control: false,
      untestable: null,
    });
    expect(JSON.stringify(record)).not.toContain('env:P');
  });
});

describe('the holds of a target', () => {
  const idles = (over: Targeted, planning: Planning) => {
    const { holds, record } = one(over, { scope: 'run', sampling: {}, ...planning });
    expect(record.holds).toEqual(holds);
    return [...new Set(holds.filter(({ kind }) => kind === 'idle').map(({ plannedMs }) => plannedMs))].sort(
      (a, b) => a - b,
    );
  };
  const idling = [workload('ingest', { longestIdleMs: 100_000 })];
  const written = { holds: { rungsMs: [3_000, 9_000], keepalive: 'as-client', sockets: 3 } } as const;

  test('are none where no workload idles and nothing is written', () => {
    expect(idles({}, { profile: 'gate' })).toEqual([]);
    expect(idles({}, { profile: 'quick' })).toEqual([]);
  });

  test.each(['gate', 'strict'] as const)('idle under %s as long as the workloads do', (profile) => {
    expect(idles({}, { profile, workloads: idling })).toContain(100_000);
    expect(idles({ requirement: { survivesIdleMs: 50_000 } }, { profile, workloads: idling })).toContain(50_000);
  });

  test('are none under quick, unless rungs are written', () => {
    expect(idles({}, { profile: 'quick', workloads: idling })).toEqual([]);
    expect(idles({}, { profile: 'quick', sampling: written })).toEqual([3_000, 9_000]);
    expect(idles({ sampling: written }, { profile: 'quick' })).toEqual([3_000, 9_000]);
  });

  test('are none of a probe that cannot hold, nor of a control', () => {
    const planning = { profile: 'gate', workloads: idling, sampling: written } as const;
    expect(idles({ holds: [] }, planning)).toEqual([]);
    expect(idles({ control: true }, planning)).toEqual([]);
  });
});
