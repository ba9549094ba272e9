import { describe, expect, test } from 'vitest';
import { saidOf } from '../../../kit/attempt.ts';
import { start, tryOnce } from './cluster.ts';

const JOIN = { n: 2, part: 'join' };

type Started = Awaited<ReturnType<typeof start>>;
const total = ({ brokers }: Started, of: 'joins' | 'commits') => brokers.reduce((sum, broker) => sum + broker[of], 0);
const requested = ({ brokers }: Started, api: 'JoinGroup' | 'Heartbeat' | 'DeleteGroups') =>
  brokers.reduce((sum, broker) => sum + broker.requests[api], 0);
const groupsOf = ({ brokers }: Started) => brokers.flatMap(({ groups }) => [...groups]);

describe('an attempt that is asked to join', () => {
  test('lives in a group of its own, sees where it comes from, and leaves nothing behind', async () => {
    await using cluster = await start();
    const tried = await tryOnce(cluster, { properties: { 'group.id': 'claims-ingest' } }, JOIN);
    expect(saidOf(tried)).toBeNull();
    expect(tried.partReached).toBe(true);
    expect(tried.observation).toMatchObject({ coordinator: 'reached', group: 'deleted' });
    expect(tried.egress).toEqual(['127.0.0.1']);
    expect(tried.stages.at(-1)).toMatchObject({ stage: 'authorize', ok: true });
    expect(Object.keys(tried.measures).sort()).toEqual(['heartbeatMs', 'joinMs']);
    expect(total(cluster, 'joins')).toBe(1);
    expect(total(cluster, 'commits')).toBe(1);
    expect(requested(cluster, 'JoinGroup')).toBe(2);
    expect(requested(cluster, 'Heartbeat')).toBe(3);
    expect(groupsOf(cluster)).toEqual([]);
    expect(cluster.problems).toEqual([]);
  });

  test('commits the end of the log, of which a broker that could not delete still tells', async () => {
    const acl = (_user: string, operation: string) => operation !== 'Delete';
    await using cluster = await start({ acl });
    const tried = await tryOnce(cluster, {}, JOIN);
    expect(tried.observation).toMatchObject({ group: 'left' });
    const [[name, group] = []] = groupsOf(cluster);
    expect(name).toMatch(/^preflight-probe-00000000-0000-4000-8000-000000000000-[0-9a-f]{8}$/);
    expect(group?.state).toBe('Empty');
    expect([...(group?.offsets ?? [])]).toEqual([['claims:0', { offset: 42n, metadata: null }]]);
  });

  test('is told its member id at once by a broker before KIP-394', async () => {
    await using cluster = await start({ versions: { JoinGroup: { min: 0, max: 3 } } });
    expect(saidOf(await tryOnce(cluster, {}, JOIN))).toBeNull();
    expect(requested(cluster, 'JoinGroup')).toBe(1);
  });

  test('never meets another one of its run, which may be a second target on the same cluster', async () => {
    await using cluster = await start({ firstJoinDelayMs: 100 });
    const both = await Promise.all([tryOnce(cluster, {}, JOIN), tryOnce(cluster, {}, JOIN)]);
    expect(both.map(saidOf)).toEqual([null, null]);
    expect(both.map(({ observation }) => observation)).toMatchObject([{ group: 'deleted' }, { group: 'deleted' }]);
    expect(requested(cluster, 'DeleteGroups')).toBe(2);
  });

  test('never meets the group of the workload', async () => {
    const asked = new Set<string>();
    const acl = (_user: string, _operation: string, { type, name }: { type: string; name: string }) => {
      if (type === 'group') asked.add(name);
      return true;
    };
    await using cluster = await start({ acl });
    await tryOnce(cluster, { properties: { 'group.id': 'claims-ingest' } }, JOIN);
    expect([...asked].every((name) => name.startsWith('preflight-probe-'))).toBe(true);
  });
});

describe('a permission that only our own group lacks', () => {
  const acl = (_user: string, _operation: string, { type }: { type: string }) => type !== 'group';

  test('leaves an attempt that does not join unharmed', async () => {
    await using cluster = await start({ acl });
    const tried = await tryOnce(cluster);
    expect(tried.observation).toMatchObject({ coordinator: 'not-authorized', group: 'not-tried' });
  });

  test('fails the part alone, with the line that grants it', async () => {
    await using cluster = await start({ acl });
    const tried = await tryOnce(cluster, {}, JOIN);
    expect(saidOf(tried)).toBe('authorize probe-not-authorized');
    expect(tried.partReached).toBe(true);
    expect(tried.failure?.classified).toMatchObject({
      number: 30,
      detail: expect.stringMatching(
        /kafka-acls\.sh .*--allow-principal 'User:svc_claims' --operation Read --operation Delete --group preflight-probe- --resource-pattern-type prefixed$/,
      ),
    });
  });

  test('may be seen at JoinGroup first, where describing is allowed', async () => {
    const describes = (_user: string, operation: string, { type }: { type: string }) =>
      type !== 'group' || operation === 'Describe';
    await using cluster = await start({ acl: describes });
    const tried = await tryOnce(cluster, {}, JOIN);
    expect(saidOf(tried)).toBe('authorize probe-not-authorized');
    expect(tried.failure?.classified).toMatchObject({ detail: expect.stringMatching(/^JoinGroup: 30/) });
  });
});

describe('what goes wrong in the group is the part’s', () => {
  test.each([
    ['JoinGroup', { do: 'hang' }, 'authorize authorize-timeout'],
    ['JoinGroup', { do: 'reset' }, 'authorize connection-reset'],
    ['JoinGroup', { do: 'error', code: 26 }, 'authorize server-error'],
    ['SyncGroup', { do: 'close' }, 'authorize connection-closed'],
    ['SyncGroup', { do: 'error', code: 25 }, 'authorize group-unstable'],
    ['Heartbeat', { do: 'error', code: 27 }, 'authorize group-unstable'],
    ['OffsetCommit', { do: 'error', code: 29 }, 'authorize not-authorized'],
    ['OffsetCommit', { do: 'error', code: 16 }, 'authorize coordinator-not-available'],
    ['OffsetFetch', { do: 'hang' }, 'authorize authorize-timeout'],
    ['DescribeGroups', { do: 'close' }, 'authorize connection-closed'],
    ['LeaveGroup', { do: 'error', code: 25 }, 'authorize group-unstable'],
  ] as const)('%s with %j is %s', async (at, what, said) => {
    await using cluster = await start({ faults: [{ at, ...what }] });
    const deadlinesMs = what.do === 'hang' ? { authorize: 250 } : {};
    const tried = await tryOnce(cluster, {}, { ...JOIN, deadlinesMs });
    expect(saidOf(tried)).toBe(said);
    expect(tried.partReached).toBe(true);
    expect(cluster.faults.fired).toBe(1);
  });

  test.each([
    ['SyncGroup', 25],
    ['Heartbeat', 27],
    ['OffsetCommit', 29],
    ['LeaveGroup', 25],
  ] as const)('a member whose %s is refused with %d leaves nothing behind all the same', async (at, code) => {
    await using cluster = await start({ faults: [{ at, do: 'error', code }] });
    const tried = await tryOnce(cluster, {}, JOIN);
    expect(tried.failure?.classified).toMatchObject({ number: code });
    expect(total(cluster, 'joins')).toBe(1);
    expect(groupsOf(cluster)).toEqual([]);
  });

  test('the first error is told where the coordinator falls silent after it', async () => {
    await using cluster = await start({
      faults: [
        { at: 'SyncGroup', do: 'error', code: 25 },
        { at: 'LeaveGroup', do: 'hang' },
      ],
    });
    expect(saidOf(await tryOnce(cluster, {}, JOIN))).toBe('authorize group-unstable');
    expect(cluster.faults.fired).toBe(2);
  });
});
