import { describe, expect, test } from 'vitest';
import type { Plan, PlannedTarget } from '../../../src/model/plan.ts';
import { PROFILE_NUMBERS } from '../../../src/model/policy.ts';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import { instant, T0 } from '../../kit/evidence.ts';
import { configured, type Planning, planned, workload } from './configured.ts';

const only = ({ targets: [target, ...more] }: Plan): PlannedTarget => {
  if (target === undefined || more.length > 0) throw new Error('not one target');
  return target;
};

describe('the limits of a plan', () => {
  test.each(['quick', 'gate', 'strict'] as const)('are those of the profile %s', (profile) => {
    const { tolerableFailedRuns: _, connectionsPerRun: __, ...numbers } = PROFILE_NUMBERS[profile];
    expect(planned([configured('claims-db')], { profile }).limits).toEqual(numbers);
  });

  test('are what the configuration writes in their place', () => {
    const sampling = { pace: 2, open: 3, held: 5, logins: 70, wallMs: 90_000, attempts: 12 };
    expect(planned([configured('claims-db')], { sampling }).limits).toEqual({
      newConnectionsPerSecond: 2,
      openConnections: 3,
      heldConnections: 5,
      logins: 70,
      wallTimeMs: 90_000,
      attempts: 12,
    });
  });
});

describe('the limits of processes that run at once', () => {
  const among = (of: number, sampling: Planning['sampling'] = {}) =>
    planned([configured('claims-db')], { context: { name: 'serverless', process: { index: 0, of } }, sampling });

  test('are divided, so that a server sees no more of all of them than of one', () => {
    expect(among(3).limits).toMatchObject({
      newConnectionsPerSecond: 1 / 3,
      openConnections: 1,
      heldConnections: 8,
      logins: 133,
      wallTimeMs: 600_000,
    });
    expect(among(1).limits).toEqual(planned([configured('claims-db')]).limits);
  });

  test('may be too low for any verdict, and then the refusal says among how many they are divided', () => {
    expect(() => among(200)).toThrow(PreflightError);
    expect(hintOf(() => among(200))).toContain(
      'Limits a run and server, divided among 200 processes: 2 logins, 0.005 new connections a second',
    );
    expect(among(200, { pace: 100, logins: 4_000 }).targets[0]?.attempts.most).toBe(15);
  });
});

function hintOf(work: () => unknown): string | null {
  try {
    work();
  } catch (error) {
    if (error instanceof PreflightError) return error.hint;
  }
  return null;
}

describe('the attempts of a target', () => {
  const attempts = (over: Planning, target = configured('claims-db')) => only(planned([target], over)).attempts;
  const using = (connectionsPerRun: number) => [workload('ingest', { connectionsPerRun })];

  test.each([
    [5, 15],
    [14, 15],
    [34, 35],
    [64, 65],
    [400, 65],
  ])('in a period are one more than the connections of a job run (%i), from 15 to 65: %i', (connections, most) => {
    const over = { workloads: using(connections), policy: { maxRuns: 10_000 } };
    expect(attempts(over)).toEqual({ most, least: most });
  });

  test.each([
    ['quick', 100],
    ['gate', 500],
    ['strict', 1_000],
  ] as const)('in one run alone go on under %s to %i, and at least to 30', (profile, most) => {
    const sampling = { logins: 10_000, wallMs: 86_400_000 };
    expect(attempts({ scope: 'run', profile, sampling })).toEqual({ most, least: 30 });
  });

  test('in one run alone are as many as is written, for all or for the one target', () => {
    const target = configured('claims-db', { sampling: { attempts: 50 } });
    expect(attempts({ scope: 'run', sampling: { attempts: 40 } })).toEqual({ most: 40, least: 30 });
    expect(attempts({ scope: 'run', sampling: { attempts: 40 } }, target)).toEqual({ most: 50, least: 30 });
    expect(attempts({ scope: 'run', sampling: { attempts: 20 } })).toEqual({ most: 20, least: 20 });
  });

  test('in a period are lowered by what is written, never raised', () => {
    expect(attempts({ sampling: { attempts: 12 } }).most).toBe(12);
    expect(attempts({ sampling: { attempts: 40 } }).most).toBe(15);
  });
});

describe('the dear parts of a target', () => {
  const parts = (names: readonly string[], over: Planning = {}) =>
    only(planned([configured('claims-db', { bound: { parts: names } })], over));

  test('are tried three times each, as the record of the target says', () => {
    expect(parts(['join'])).toMatchObject({ parts: { join: 3 }, record: { parts: { join: 3 } } });
  });

  test('are never more than the attempts after the first', () => {
    const scope = 'run' as const;
    expect(parts(['join', 'commit'], { scope, sampling: { attempts: 5 } }).parts).toEqual({ join: 3, commit: 1 });
    expect(parts(['join'], { scope, sampling: { attempts: 1 } }).parts).toEqual({ join: 0 });
  });

  test('are no more than the logins of the server leave attempts for', () => {
    const target = parts(['join'], { scope: 'run', sampling: { logins: 3 } });
    expect(target).toMatchObject({
      attempts: { most: 3, least: 3 },
      parts: { join: 2 },
      record: { parts: { join: 2 } },
    });
  });
});

describe('what a target needs of its servers in vain', () => {
  const refusal = (over: Planning, targets = [configured('claims-db')]): unknown => {
    try {
      planned(targets, over);
    } catch (error) {
      return error instanceof PreflightError ? `${error.code}: ${error.message} ${error.hint}` : error;
    }
    return null;
  };

  test('is refused with the numbers where the logins never suffice', () => {
    const said = refusal({ sampling: { logins: 9 } });
    expect(said).toContain('ERR_PLAN_NEVER_CONCLUDES');
    expect(said).toContain('claims-db: 9 attempts a run are allowed, and a run counts only from 10');
    expect(said).toContain('9 logins, 1 new connections a second, 600 s');
    expect(refusal({ sampling: { logins: 10 } })).toBeNull();
  });

  test('is refused where the time never suffices', () => {
    expect(refusal({ sampling: { wallMs: 12_000 } })).toContain('9 attempts a run are allowed');
    expect(refusal({ sampling: { wallMs: 12_500 } })).toBeNull();
  });

  test('is refused where fewer attempts are written than count', () => {
    expect(refusal({ sampling: { attempts: 9 } })).toContain('9 attempts a run are allowed');
    const workloads = [workload('ingest', { connectionsPerRun: 34 })];
    expect(refusal({ workloads, sampling: { attempts: 34 } })).toContain('a run counts only from 35');
    expect(refusal({ workloads, sampling: { attempts: 35 } })).toBeNull();
  });

  test('is refused where more runs are needed than are allowed', () => {
    const workloads = [workload('ingest', { tolerableFailedRuns: 0.01 })];
    expect(refusal({ workloads })).toContain('claims-db: 332 clean runs are needed, and policy.maxRuns is 120');
    expect(refusal({ workloads, policy: { maxRuns: 332 } })).toBeNull();
  });

  test('names every such target at once', () => {
    const targets = ['a', 'b'].map((name) => configured(name, { servers: [{ address: `${name}:1` }] }));
    const said = refusal({ sampling: { attempts: 5 } }, targets);
    expect(said).toContain('a: 5 attempts');
    expect(said).toContain('b: 5 attempts');
  });

  test('is no matter in one run alone: that is inconclusive with the numbers, and the plan warns', () => {
    const { warnings } = planned([configured('claims-db')], { scope: 'run', sampling: { attempts: 20 } });
    expect(warnings).toEqual([expect.stringContaining('a pass of this run alone needs 158 clean attempts')]);
  });
});

describe('the runs that a plan speaks of', () => {
  test.each([
    [{}, 32],
    [{ policy: { tolerableFailedRuns: 0.05 } }, 65],
    [{ workloads: [workload('ingest', { tolerableFailedRuns: 0.05 })] }, 65],
    [{ scope: 'run' }, null],
  ] as const)('are those of a clean history: %j', (over, runs) => {
    expect(planned([configured('claims-db')], over).runs).toBe(runs);
  });

  test('are more after each use of policy.since, which the judge will ask for too', () => {
    const since = (context: string | null, target = 'claims-db') => ({
      policy: {
        since: [{ target, context, at: instant(T0), reason: 'NAT', ticket: 'C-1', approvedBy: 'me' }],
      },
    });
    expect(planned([configured('claims-db')], since(null)).runs).toBe(39);
    expect(planned([configured('claims-db')], since('serverless')).runs).toBe(39);
    expect(planned([configured('claims-db')], since('dedicated')).runs).toBe(32);
    expect(planned([configured('claims-db')], since(null, 'other')).runs).toBe(32);
  });

  test('are none where nothing is tried', () => {
    expect(planned([configured('claims-db')], { only: [] })).toMatchObject({ targets: [], runs: 0, durationMs: 0 });
  });
});

describe('the choice of targets', () => {
  const both = [configured('a'), configured('b')];

  test('is all, or those that are named, in the order of the configuration', () => {
    expect(planned(both).targets.map(({ record }) => record.name)).toEqual(['a', 'b']);
    expect(planned(both, { only: ['b'] }).targets.map(({ record }) => record.name)).toEqual(['b']);
  });

  test('refuses a name that there is not, with those that there are', () => {
    expect(() => planned(both, { only: ['a', 'c'] })).toThrow('no such target: c');
  });
});

describe('the deadlines of a target', () => {
  test('are its own sampling’s, then the configuration’s, then its client settings’', () => {
    const target = configured('claims-db', {
      bound: { deadlinesMs: { connect: 1, tls: 1, authenticate: 1 } },
      sampling: { deadlinesMs: { connect: 3 } },
    });
    const { deadlinesMs } = only(planned([target], { sampling: { deadlinesMs: { connect: 2, tls: 2 } } }));
    expect(deadlinesMs).toEqual({ connect: 3, tls: 2, authenticate: 1 });
  });
});

describe('a warning', () => {
  const warned = (identity: string | null, over: Planning = {}) =>
    planned([configured('claims-db', { identity })], { workloads: [workload('ingest')], ...over }).warnings;

  test('says that a workload’s own login would be used', () => {
    expect(warned('svc_claims@claims.internal:1433')).toEqual([
      expect.stringContaining('claims-db: logs in as svc_claims@claims.internal:1433, the login that ingest may use'),
    ]);
    expect(warned('svc_probe@claims.internal:1433')).toEqual([]);
    expect(warned('svc_claims@probe.internal:1433')).toHaveLength(1);
    expect(warned(null)).toEqual([]);
    expect(warned('svc_claims@x', { workloads: [] })).toEqual([]);
  });

  test('says what cannot be tried', () => {
    const target = configured('claims-db', { bound: { untestable: 'Kerberos is not spoken here' } });
    expect(planned([target]).warnings).toEqual([
      'claims-db: Kerberos is not spoken here; only the stages before that are tried.',
    ]);
  });
});
