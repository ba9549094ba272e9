import { describe, expect, test } from 'vitest';
import type { Placement } from '../../../src/model/decision.ts';
import {
  clean,
  context,
  failed,
  instant,
  requirement,
  type SyntheticRun,
  T0,
  target,
  workload,
} from '../../kit/evidence.ts';
import { type Asked, BOTH, cellIn, decisionOf, declare, INGEST, NOTHING_USED, runIn, runsIn } from './deciding.ts';

type Case = readonly [string, () => readonly SyntheticRun[], Asked, Placement, (string | RegExp)[]];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ENOUGH = 32;

const down = Array.from({ length: 15 }, () => failed('connection-refused'));
const from = (address: string) => clean(15).map((attempt) => ({ ...attempt, egress: [address] }));
const LISTED = target({ requirement: requirement({ firewallAllows: ['203.0.113.0/24'] }) });
const UNTESTABLE = target({ untestable: 'Kerberos is not tried by this client' });
const held = (outcome: 'alive' | 'lost', plannedMs: number) => ({
  hold: { kind: 'idle' as const, plannedMs, keepalive: 'as-client' as const },
  ...(outcome === 'alive'
    ? { stages: [{ stage: 'hold' as const, server: '10.0.0.1:1433', elapsedMs: plannedMs, ok: true }] }
    : failed('idle-dropped', {
        stages: [{ stage: 'hold' as const, server: '10.0.0.1:1433', elapsedMs: plannedMs, ok: true }],
        failure: {
          stage: 'reuse',
          server: '10.0.0.1:1433',
          cause: 'reuse-timeout',
          code: null,
          number: null,
          detail: 'silent',
        },
      })),
});
const waiver = (rule: string, over: object = {}) => ({
  target: 'claims-db',
  rule,
  context: null,
  until: instant(T0 + 30 * DAY_MS),
  approvedBy: 'CISO',
  ticket: 'SEC-1',
  reason: 'cannot be tested from here',
  ...over,
});
const needing = (...needs: typeof INGEST.needs) => [{ ...INGEST, needs }];
const idle = (ms: number) => [{ ...INGEST, longestIdleMs: ms }];
const twoTargets = [target(), target({ name: 'lake', digest: 'sha256:2' })];
const bothTried = {
  targets: twoTargets,
  attempts: ['claims-db', 'lake'].flatMap((name) => clean(15).map((one) => ({ ...one, target: name }))),
};

const CASES: readonly Case[] = [
  // --- how much evidence there is
  ['no evidence at all', () => [], {}, 'undetermined', ['no evidence from there', '32 clean runs']],
  ['one run only', () => runsIn('serverless', 1), {}, 'undetermined', ['31 more clean cold-start runs']],
  ['as many runs as it takes', () => runsIn('serverless', ENOUGH), {}, 'suitable', ['0 of 32 independent runs']],
  ['one run less', () => runsIn('serverless', ENOUGH - 1), {}, 'undetermined', ['1 more clean cold-start run ']],
  [
    'one host thirty times',
    () => runsIn('serverless', 40, { context: context({ bootId: 'the-only-one' }) }),
    {},
    'undetermined',
    ['31 more clean'],
  ],
  [
    'evidence of another context alone',
    () => runsIn('dedicated', ENOUGH),
    {},
    'undetermined',
    ['no evidence from there'],
  ],
  [
    'runs begun within minutes of each other',
    () => runsIn('serverless', 40).map((one, index) => ({ ...one, at: T0 + index * 10_000 })),
    {},
    'undetermined',
    ['31 more clean'],
  ],
  [
    'a day that the runs do not cover',
    () => runsIn('serverless', 40).map((one, index) => ({ ...one, at: T0 + index * 20 * 60_000 })),
    {},
    'undetermined',
    ['runs over another'],
  ],
  [
    'runs of fewer attempts than count',
    () => runsIn('serverless', 40, { attempts: clean(5) }),
    {},
    'undetermined',
    ['32 more clean'],
  ],
  [
    'runs that were all interrupted',
    () => runsIn('serverless', 40, { end: 'interrupted' }),
    {},
    'undetermined',
    ['32 more'],
  ],
  ['runs that never ended', () => runsIn('serverless', 40, { end: null }), {}, 'undetermined', ['32 more']],
  ['runs with lost lines', () => runsIn('serverless', 40, { damaged: true }), {}, 'undetermined', ['32 more']],
  [
    'a folder with a foreign file',
    () => runsIn('serverless', ENOUGH),
    { problems: ['report.json: no line of it is an evidence record'] },
    'undetermined',
    ['report.json'],
  ],
  [
    'a run that later ones name, taken away',
    () => runsIn('serverless', 40, { earlier: [{ run: 'a-bad-one', at: instant(T0) }] }),
    {},
    'undetermined',
    ['a-bad-one of 1 Nov 08:00'],
  ],
  [
    'a run that later ones name, taken away when it was too old to count',
    () => runsIn('serverless', 40, { earlier: [{ run: 'an-old-one', at: instant(T0 - 40 * DAY_MS) }] }),
    {},
    'suitable',
    ['0 of 40'],
  ],
  // --- time
  [
    'evidence that is too old',
    () => runsIn('serverless', 40),
    { decidedAt: instant(T0 + 60 * DAY_MS) },
    'undetermined',
    ['at least one run of this context counts'],
  ],
  [
    'evidence half of which is too old',
    () => runsIn('serverless', 40),
    { decidedAt: instant(T0 + 30 * DAY_MS + 20 * HOUR_MS) },
    'undetermined',
    ['12 more clean'],
  ],
  [
    'runs of the future',
    () => runsIn('serverless', ENOUGH),
    { decidedAt: instant(T0 + 10 * HOUR_MS) },
    'undetermined',
    ['no run begins after the time at which it is judged'],
  ],
  [
    'runs before a fix set aside',
    () => [...runsIn('serverless', 20, { attempts: down }), ...runsIn('serverless', 39, {}, 20)],
    {
      policy: {
        since: [
          {
            target: 'claims-db',
            context: null,
            at: instant(T0 + 20 * HOUR_MS),
            reason: 'r',
            ticket: 't',
            approvedBy: 'a',
          },
        ],
      },
    },
    'suitable',
    ['0 of 39'],
  ],
  [
    'a fix that asks for more runs than were made since',
    () => [...runsIn('serverless', 20, { attempts: down }), ...runsIn('serverless', 32, {}, 20)],
    {
      policy: {
        since: [
          {
            target: 'claims-db',
            context: null,
            at: instant(T0 + 20 * HOUR_MS),
            reason: 'r',
            ticket: 't',
            approvedBy: 'a',
          },
        ],
      },
    },
    'undetermined',
    ['7 more clean'],
  ],
  [
    'more runs than the policy leaves',
    () => runsIn('serverless', 10),
    { policy: { maxRuns: 20 } },
    'undetermined',
    ['22 more clean runs', 'policy.maxRuns'],
  ],
  // --- contradictions and failures
  [
    'runs that are down and runs that are not',
    () => [
      ...runsIn('serverless', 20),
      ...runsIn('serverless', 10, { attempts: down }, 20),
      ...runsIn('serverless', 20, {}, 30),
    ],
    {},
    'unsuitable',
    ['fails-too-often'],
  ],
  [
    'one bad run of many clean ones',
    () => [
      ...runsIn('serverless', 31),
      runIn('serverless', 31, { attempts: down }),
      ...runsIn('serverless', 2, {}, 32),
    ],
    {},
    'undetermined',
    [/more clean cold-start runs/],
  ],
  [
    'one bad run, and clean ones enough to make up for it',
    () => [runIn('serverless', 0, { attempts: down }), ...runsIn('serverless', 60, {}, 1)],
    {},
    'suitable',
    ['1 of 61 independent runs'],
  ],
  [
    'a target that never worked',
    () => runsIn('serverless', 1, { attempts: down }),
    {},
    'unsuitable',
    ['connection-refused at claims-db'],
  ],
  [
    'one address outside the allowlist, in one of many runs',
    () => [
      ...runsIn('serverless', 40, { targets: [LISTED], attempts: from('203.0.113.9') }),
      runIn('serverless', 40, { targets: [LISTED], attempts: from('198.51.100.7') }),
    ],
    {},
    'unsuitable',
    ['egress-not-allowed at claims-db'],
  ],
  [
    'an address that was never seen, where a list asks for it',
    () => runsIn('serverless', ENOUGH, { targets: [LISTED] }),
    {},
    'undetermined',
    ['no attempt learnt which address the target saw'],
  ],
  [
    'a stage that cannot be tested',
    () => runsIn('serverless', ENOUGH, { targets: [UNTESTABLE] }),
    {},
    'undetermined',
    ['Kerberos is not tried'],
  ],
  ['a failing control', () => runsIn('serverless', ENOUGH, withControl('failed')), {}, 'unsuitable', ['uplink']],
  ['a control that works', () => runsIn('serverless', ENOUGH, withControl('succeeded')), {}, 'suitable', ['0 of 32']],
  // --- what it asks
  [
    'an idle that no hold has tried',
    () => runsIn('serverless', ENOUGH),
    { workloads: idle(600_000) },
    'undetermined',
    ['a connection survives being idle for 10 min'],
  ],
  [
    'an idle that a hold has survived',
    () => runsIn('serverless', ENOUGH, { attempts: [...clean(15), held('alive', 600_000)] }),
    { workloads: idle(600_000) },
    'suitable',
    ['0 of 32'],
  ],
  [
    'an idle in which the connection was lost',
    () => runsIn('serverless', ENOUGH, { attempts: [...clean(15), held('lost', 600_000)] }),
    { workloads: idle(600_000) },
    'unsuitable',
    ['idle-dropped at claims-db'],
  ],
  [
    'a tolerance of its own that asks for more',
    () => runsIn('serverless', ENOUGH),
    { workloads: [{ ...INGEST, tolerableFailedRuns: 0.05 }] },
    'undetermined',
    ['33 more clean'],
  ],
  [
    'two targets, both tried',
    () => runsIn('serverless', ENOUGH, bothTried),
    { workloads: [{ ...INGEST, uses: ['claims-db', 'lake'] }] },
    'suitable',
    ['0 of 32'],
  ],
  [
    'two targets, of which one was never tried',
    () => runsIn('serverless', ENOUGH),
    { workloads: [{ ...INGEST, uses: ['claims-db', 'lake'] }] },
    'undetermined',
    ['evidence of lake in serverless'],
  ],
  [
    'two targets in runs that tried one each',
    () => [...runsIn('serverless', 40), ...runsIn('serverless', 40, { targets: [target({ name: 'lake' })] }, 40)],
    { workloads: [{ ...INGEST, uses: ['claims-db', 'lake'] }] },
    'undetermined',
    ['32 more clean'],
  ],
  [
    'a target that connects elsewhere by now',
    () => runsIn('serverless', ENOUGH),
    { gaps: [{ target: 'claims-db', why: 'connects-elsewhere' }] },
    'undetermined',
    ['claims-db connects elsewhere by now'],
  ],
  [
    'another target that connects elsewhere by now',
    () => runsIn('serverless', ENOUGH),
    { gaps: [{ target: 'other', why: 'connects-elsewhere' }] },
    'suitable',
    ['0 of 32'],
  ],
  [
    'runs at another server before the latest',
    () => [
      ...runsIn('serverless', 40, { targets: [target({ digest: 'sha256:old' })] }),
      ...runsIn('serverless', 5, {}, 40),
    ],
    {},
    'undetermined',
    ['27 more clean'],
  ],
  // --- from where
  [
    'evidence of another vantage',
    () => runsIn('serverless', ENOUGH),
    { workloads: [{ ...INGEST, connectsFrom: 'spark-source' }] },
    'undetermined',
    ['evidence from the vantage driver does not stand for it'],
  ],
  [
    'evidence of its own vantage',
    () =>
      runsIn('serverless', ENOUGH, { context: context({ vantage: 'spark-source' }) }).map((one, index) => ({
        ...one,
        context: context({ vantage: 'spark-source', bootId: `b-${index}` }),
      })),
    { workloads: [{ ...INGEST, connectsFrom: 'spark-source' }] },
    'suitable',
    ['0 of 32'],
  ],
  [
    'a vantage that is not declared',
    () => runsIn('serverless', ENOUGH),
    { workloads: [{ ...INGEST, connectsFrom: null }] },
    'undetermined',
    ['connectsFrom'],
  ],
  // --- what it declares
  [
    'a declaration that it uses nothing and keeps nothing',
    () => [],
    { workloads: [NOTHING_USED] },
    'suitable',
    ['declared'],
  ],
  [
    'that it uses nothing, and not that it keeps nothing',
    () => [],
    { workloads: [{ ...NOTHING_USED, stateless: false }] },
    'undetermined',
    ['stateless'],
  ],
  [
    'no word on what it uses',
    () => runsIn('serverless', ENOUGH),
    { workloads: [{ ...INGEST, uses: null }] },
    'undetermined',
    ['workloads.ingest.uses'],
  ],
  [
    'an empty list of what it uses',
    () => runsIn('serverless', ENOUGH),
    { workloads: [workload('ingest', [])] },
    'undetermined',
    ['workloads.ingest.uses'],
  ],
  // --- what the runtime can do
  [
    'a need that the runtime lacks',
    () => runsIn('serverless', ENOUGH),
    { workloads: needing('rdd') },
    'unsuitable',
    ['runtime-cannot'],
  ],
  [
    'a need that the runtime lacks, of a workload that uses nothing',
    () => [],
    { workloads: [{ ...NOTHING_USED, needs: ['rdd'] }] },
    'unsuitable',
    ['runtime-cannot'],
  ],
  [
    'a need of which nothing is known there',
    () => runsIn('serverless', ENOUGH),
    { workloads: needing('rdd'), contexts: [declare('serverless', { kind: 'a-platform-of-our-own' })] },
    'undetermined',
    ['rdd'],
  ],
  [
    'a need of which the table says that it depends, tried there and declared',
    () => runsIn('serverless', ENOUGH),
    { workloads: needing('jar'), contexts: [declare('serverless', { provides: ['jar'] })] },
    'suitable',
    ['0 of 32'],
  ],
  [
    'the same, not declared',
    () => runsIn('serverless', ENOUGH),
    { workloads: needing('jar') },
    'undetermined',
    ['contexts.serverless.provides: [jar]'],
  ],
  [
    'a need that the runtime lacks, declared all the same',
    () => runsIn('serverless', ENOUGH),
    { workloads: needing('rdd'), contexts: [declare('serverless', { provides: ['rdd'] })] },
    'unsuitable',
    ['runtime-cannot'],
  ],
  // --- waivers
  [
    'what cannot be tested, waived',
    () => runsIn('serverless', ENOUGH, { targets: [UNTESTABLE] }),
    { policy: { waivers: [waiver('stage/untestable')] } },
    'suitable',
    ['Waived: stage/untestable at claims-db (SEC-1'],
  ],
  [
    'what cannot be tested, with a waiver that has ended',
    () => runsIn('serverless', ENOUGH, { targets: [UNTESTABLE] }),
    { policy: { waivers: [waiver('stage/untestable', { until: instant(T0 + HOUR_MS) })] } },
    'undetermined',
    ['Kerberos is not tried'],
  ],
  [
    'what cannot be tested, with a waiver for a year',
    () => runsIn('serverless', ENOUGH, { targets: [UNTESTABLE] }),
    { policy: { waivers: [waiver('stage/untestable', { until: instant(T0 + 365 * DAY_MS) })] } },
    'undetermined',
    ['Kerberos is not tried'],
  ],
  [
    'what cannot be tested, with a waiver for another context',
    () => runsIn('serverless', ENOUGH, { targets: [UNTESTABLE] }),
    { policy: { waivers: [waiver('stage/untestable', { context: 'dedicated' })] } },
    'undetermined',
    ['Kerberos is not tried'],
  ],
  [
    'a rate, waived, which the joint score then does not ask for',
    () => [
      ...runsIn('serverless', 20),
      ...runsIn('serverless', 10, { attempts: down }, 20),
      ...runsIn('serverless', 1, {}, 30),
    ],
    { policy: { waivers: [waiver('stability/failure-rate'), waiver('stability/decisive')] } },
    'suitable',
    ['all that is asked of its targets holds, or is waived', 'Waived: stability/failure-rate at claims-db'],
  ],
  [
    'the rate of one of two targets, waived',
    () =>
      runsIn('serverless', ENOUGH, bothTried).map((one, index) =>
        index === 0
          ? {
              ...one,
              attempts: one.attempts.map((each) =>
                each.target === 'lake' ? { ...failed('connect-timeout'), target: 'lake' } : each,
              ),
            }
          : one,
      ),
    {
      workloads: [{ ...INGEST, uses: ['claims-db', 'lake'] }],
      policy: { waivers: [waiver('stability/failure-rate', { target: 'lake' })] },
    },
    'suitable',
    ['leaving out lake, whose failure rate is waived, 0 of 32 independent runs'],
  ],
];

test('there are at least 40 of them, each of its own name', () => {
  expect(new Set(CASES.map(([name]) => name)).size).toBe(CASES.length);
  expect(CASES.length).toBeGreaterThanOrEqual(40);
});

describe('one workload on serverless compute', () => {
  test.each(CASES)('%s', (_, runs, asked, placement, said) => {
    const cell = cellIn(decisionOf(runs(), asked));
    expect({ placement: cell.placement, why: cell.why }).toEqual({ placement, why: expect.any(String) });
    for (const each of said) {
      if (typeof each === 'string') expect(cell.why).toContain(each);
      else expect(cell.why).toMatch(each);
    }
  });
});

function withControl(outcome: 'succeeded' | 'failed'): Partial<SyntheticRun> {
  const control = target({ name: 'uplink', control: true, digest: 'sha256:u' });
  const tries = outcome === 'succeeded' ? clean(15) : down;
  return {
    targets: [target(), control],
    attempts: [
      ...clean(15).map((one) => ({ ...one, target: 'claims-db' })),
      ...tries.map((one) => ({ ...one, target: 'uplink' })),
    ],
  };
}

test('what is unsuitable says what would change it, and who has to', () => {
  const [blocker] = cellIn(
    decisionOf(runsIn('serverless', 3, { targets: [LISTED], attempts: from('198.51.100.7') }), { contexts: BOTH }),
  ).blockers;
  expect(blocker).toMatchObject({
    target: 'claims-db',
    rule: 'egress/observed-within-allowed',
    cause: 'egress-not-allowed',
    owner: 'network',
    action: expect.stringContaining('198.51.100.7'),
  });
});
