import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/model/decision.ts';
import {
  clean,
  context,
  failed,
  instant,
  requirement,
  run,
  type SyntheticRun,
  T0,
  target,
  workload,
} from '../../kit/evidence.ts';
import {
  type Asked,
  BOTH,
  cellIn,
  deciding,
  decisionOf,
  declare,
  INGEST,
  NOTHING_USED,
  runIn,
  runsIn,
} from './deciding.ts';

const ENOUGH = 32;
const HOUR_MS = 3_600_000;
const down = Array.from({ length: 15 }, () => failed('connection-refused'));
const both = (over: Partial<SyntheticRun> = {}): SyntheticRun[] => [
  ...runsIn('dedicated', ENOUGH, over),
  ...runsIn('serverless', ENOUGH, over),
];
const PRICED = [
  declare('dedicated', { costPerHour: 2, startupMs: 300_000 }),
  declare('serverless', { costPerHour: 5, startupMs: 0 }),
];
const strategy = ({ strategies }: Decision, name: string) => {
  const found = strategies.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no strategy ${name}`);
  return found;
};

/** A canary of each run, and what it read of another context. */
const storage = (
  name: string,
  read: readonly { context: string; run: string; digest: string }[] = [],
): Partial<SyntheticRun> => {
  const lake = target({ name: 'lake', type: 'storage', digest: 'sha256:lake' });
  const attempts = clean(15).flatMap((one) => [
    { ...one, target: 'claims-db' },
    { ...one, target: 'lake', observation: { version: '1', wrote: `sha256:${name}`, read: [...read] } },
  ]);
  return { targets: [target(), lake], attempts };
};
const handedOver = (): readonly SyntheticRun[] => [
  ...runsIn('dedicated', ENOUGH, storage('d')),
  ...runsIn('serverless', ENOUGH, storage('s', [{ context: 'dedicated', run: 'r', digest: 'sha256:d' }])),
  runIn('dedicated', ENOUGH, storage('d', [{ context: 'serverless', run: 'r', digest: 'sha256:s' }])),
];
/** Ingestion is down on serverless compute, and the transformation uses nothing. */
const mixed = (runs = handedOver()): readonly SyntheticRun[] =>
  runs.map((one) =>
    one.context?.name === 'serverless'
      ? {
          ...one,
          attempts: one.attempts.map((each) =>
            each.target === 'claims-db' ? { ...failed('connection-refused'), target: 'claims-db' } : each,
          ),
        }
      : one,
  );
const WORKLOADS = { workloads: [INGEST, NOTHING_USED] };

describe('the strategies', () => {
  test('serverless is recommended where everything is suitable there', () => {
    const decision = decisionOf(both(), WORKLOADS);
    expect(strategy(decision, 'serverless')).toMatchObject({ feasibility: 'feasible', actions: [] });
    expect(decision.recommended).toMatchObject({ strategy: 'serverless' });
    expect(decision.workloads.map(({ placement }) => placement)).toEqual(['serverless', 'serverless']);
  });

  test('hybrid is recommended where ingestion is blocked on serverless compute and the handoff works', () => {
    const decision = decisionOf(mixed(), WORKLOADS);
    expect(strategy(decision, 'serverless')).toMatchObject({
      feasibility: 'infeasible',
      actions: [{ cause: 'connection-refused', target: 'claims-db', unblocks: ['ingest'], touches: [] }],
    });
    expect(strategy(decision, 'hybrid')).toMatchObject({
      feasibility: 'feasible',
      handoffs: [
        { target: 'lake', writtenIn: 'dedicated', readIn: 'serverless', verdict: 'pass' },
        { target: 'lake', writtenIn: 'serverless', readIn: 'dedicated', verdict: 'pass' },
      ],
    });
    expect(decision.recommended.strategy).toBe('hybrid');
    expect(decision.workloads.map(({ name, placement }) => [name, placement])).toEqual([
      ['ingest', 'dedicated'],
      ['transform', 'serverless'],
    ]);
    expect(decision.recommended.flips).toEqual([
      'serverless needs 1 action, for 1 workload: connection-refused at claims-db',
      'one more bad run would take the pass away from ingest in dedicated',
    ]);
  });

  test('a hybrid is undetermined where no handoff was tried, or no canary came over', () => {
    const untried = mixed().map((one) => ({
      ...one,
      targets: [target()],
      attempts: one.attempts.filter((each) => each.target !== 'lake'),
    }));
    expect(strategy(decisionOf(untried, WORKLOADS), 'hybrid')).toMatchObject({
      feasibility: 'undetermined',
      missing: [expect.stringContaining('no target of type storage was tried in both')],
    });
    const unread = mixed().map((one) => ({
      ...one,
      attempts: one.attempts.map((each) =>
        each.target === 'lake' ? { ...each, observation: { version: '1', wrote: `sha256:${one.id}`, read: [] } } : each,
      ),
    }));
    expect(strategy(decisionOf(unread, WORKLOADS), 'hybrid')).toMatchObject({
      feasibility: 'undetermined',
      missing: [expect.stringContaining('serverless has read none of the 33 that dedicated wrote'), expect.any(String)],
    });
  });

  test('a canary that is read in many runs is one', () => {
    // of a run each, since the reader writes another one in each
    const readers = Array.from({ length: ENOUGH }, (_, index) =>
      runIn('serverless', index, storage(`s${index}`, [{ context: 'dedicated', run: 'r', digest: 'sha256:d' }])),
    );
    const runs = mixed([...runsIn('dedicated', ENOUGH, storage('d')), ...readers]);
    const decision = decisionOf(runs, WORKLOADS);
    expect(strategy(decision, 'hybrid').handoffs).toContainEqual(
      expect.objectContaining({
        readIn: 'serverless',
        verdict: 'pass',
        observed: expect.stringMatching(/^1 canary of dedicated came whole to serverless, the last 1 Nov 08:00 UTC$/),
      }),
    );
  });

  test('a canary that none of the runs wrote hands nothing over', () => {
    const foreign = mixed().map((one) =>
      one.context?.name === 'dedicated'
        ? {
            ...one,
            attempts: one.attempts.map((each) =>
              each.target === 'lake'
                ? { ...each, observation: { version: '1', wrote: 'sha256:other', read: [] } }
                : each,
            ),
          }
        : one,
    );
    expect(strategy(decisionOf(foreign, WORKLOADS), 'hybrid').handoffs[0]).toMatchObject({
      verdict: 'inconclusive',
      observed: expect.stringContaining('none of those in the evidence'),
    });
  });

  test('a handoff that came over once is none where its storage fails by now', () => {
    const broken = [
      ...mixed(),
      runIn('serverless', ENOUGH + 1, {
        ...storage('s'),
        attempts: Array.from({ length: 15 }, () => ({ ...failed('storage-not-found'), target: 'lake' })),
      }),
    ];
    const hybrid = strategy(decisionOf(broken, WORKLOADS), 'hybrid');
    expect(hybrid).toMatchObject({ feasibility: 'infeasible' });
    expect(hybrid.handoffs).toMatchObject([
      {
        verdict: 'fail',
        observed: expect.stringContaining('lake itself fails in serverless: stability/decisive: storage-not-found'),
      },
      { verdict: 'fail' },
    ]);
  });

  test('and that is said, with what it hands over', () => {
    const lost = handedOver().concat(
      runIn('serverless', ENOUGH + 1, {
        ...storage('s'),
        attempts: [
          ...clean(15).map((one) => ({ ...one, target: 'claims-db' })),
          ...Array.from({ length: 15 }, () => ({ ...failed('storage-not-found'), target: 'lake' })),
        ],
      }),
    );
    const blocked = { ...NOTHING_USED, name: 'rdd-job', needs: ['rdd' as const] };
    const decision = decisionOf(lost, {
      workloads: [NOTHING_USED, blocked],
      contexts: [declare('dedicated', { kind: 'databricks-dedicated' }), declare('serverless')],
    });
    const hybrid = strategy(decision, 'hybrid');
    expect(hybrid).toMatchObject({
      feasibility: 'infeasible',
      why: expect.stringContaining('What it hands over does not arrive: through lake'),
    });
    expect(decision.worklist.missing).toContainEqual(
      expect.objectContaining({ what: expect.stringContaining('the handoff through lake: lake itself fails') }),
    );
  });

  test('no workload is said to be none', () => {
    expect(decisionOf(both(), { workloads: [] }).strategies.map(({ why }) => why)).toContain(
      'No workload is declared, and none is in the evidence.',
    );
  });

  test('a handoff is none where the storage connects elsewhere by now, or is not configured any more', () => {
    const elsewhere = decisionOf(mixed(), { ...WORKLOADS, gaps: [{ target: 'lake', why: 'connects-elsewhere' }] });
    expect(strategy(elsewhere, 'hybrid')).toMatchObject({
      feasibility: 'undetermined',
      handoffs: [
        { verdict: 'inconclusive', observed: 'in dedicated no evidence speaks of lake as it connects now' },
        { verdict: 'inconclusive' },
      ],
    });
    expect(elsewhere.worklist.missing).toMatchObject([
      {
        what: expect.stringContaining('the handoff through lake'),
        context: 'dedicated and serverless',
        workloads: ['ingest', 'transform'],
      },
      expect.any(Object),
    ]);
    expect(strategy(decisionOf(mixed(), { ...WORKLOADS, configured: ['claims-db'] }), 'hybrid')).toMatchObject({
      feasibility: 'undetermined',
      handoffs: [],
    });
    expect(strategy(decisionOf(mixed(), { ...WORKLOADS, configured: ['claims-db', 'lake'] }), 'hybrid')).toMatchObject({
      feasibility: 'feasible',
    });
  });

  test('nothing is feasible, and nothing recommended, without evidence', () => {
    const decision = decisionOf([], { workloads: [INGEST] });
    expect(decision.strategies.map(({ feasibility }) => feasibility)).toEqual([
      'undetermined',
      'undetermined',
      'undetermined',
    ]);
    expect(decision.recommended.strategy).toBeNull();
    expect(decision.workloads[0]?.placement).toBeNull();
  });

  test('a strategy without a context of its kind of compute is infeasible', () => {
    const decision = decisionOf(runsIn('serverless', ENOUGH), { contexts: [declare('serverless')] });
    expect(strategy(decision, 'dedicated')).toMatchObject({
      feasibility: 'infeasible',
      why: expect.stringContaining('No context of dedicated compute'),
      cost: { perMonth: null, missing: ['a context of dedicated compute'] },
    });
    expect(decision.recommended.flips).toContainEqual(
      expect.stringContaining('dedicated: No context of dedicated compute'),
    );
  });

  test('no workload at all is no feasible strategy', () => {
    expect(decisionOf(both(), { workloads: [] }).strategies.map(({ feasibility }) => feasibility)).not.toContain(
      'feasible',
    );
  });

  test('the cheapest is recommended where the policy prefers that, and how far it is from flipping is said', () => {
    const asked: Asked = { workloads: [{ ...INGEST, durationMs: HOUR_MS }], contexts: PRICED };
    const bySize = decisionOf(both(), { ...asked, policy: { currency: 'EUR' } });
    expect(bySize.recommended.strategy).toBe('serverless');
    expect(bySize.recommended.flips).toContain(
      'dedicated costs 1560.00 EUR a month against 3600.00 EUR; they cost the same where serverless compute costs 0.433 times what is declared',
    );
    const byCost = decisionOf(both(), { ...asked, policy: { currency: 'EUR', prefer: 'cost' } });
    expect(byCost.recommended.strategy).toBe('dedicated');
    expect(strategy(byCost, 'hybrid').placements).toMatchObject([{ context: 'dedicated' }]);
  });

  test('a price that is missing is named, and does not decide', () => {
    const decision = decisionOf(both(), { policy: { prefer: 'cost' } });
    expect(decision.recommended.strategy).toBe('serverless');
    expect(strategy(decision, 'serverless').cost.missing).toContain('contexts.serverless.costPerHour');
  });
});

describe('the worklist', () => {
  const LISTED = target({ requirement: requirement({ firewallAllows: ['203.0.113.0/24'] }) });
  const outside = clean(15).map((one) => ({ ...one, egress: ['198.51.100.7'] }));

  test('counts the cells of each context', () => {
    expect(decisionOf(mixed(), WORKLOADS).worklist.contexts).toEqual([
      { context: 'dedicated', suitable: 2, undetermined: 0, unsuitable: 0 },
      { context: 'serverless', suitable: 1, undetermined: 0, unsuitable: 1 },
    ]);
  });

  test('lists first what opens most workloads', () => {
    const uses = Array.from({ length: 11 }, (_, index) => ({ ...INGEST, name: `job-${index}` }));
    const lame = { ...INGEST, name: 'lame', needs: ['rdd' as const] };
    const decision = decisionOf(runsIn('serverless', 3, { targets: [LISTED], attempts: outside }), {
      workloads: [...uses, lame],
    });
    expect(decision.worklist.actions).toMatchObject([
      {
        cause: 'egress-not-allowed',
        target: 'claims-db',
        owner: 'network',
        contexts: ['serverless'],
        touches: ['lame'],
        completes: [],
      },
      { cause: 'runtime-cannot', target: null, unblocks: [], touches: ['lame'], completes: ['lame'] },
    ]);
    expect(decision.worklist.actions[0]?.unblocks).toHaveLength(11);
    expect(decision.worklist.actions[0]?.action).toContain('198.51.100.7');
  });

  test('says how many runs are still to be made, once for all workloads', () => {
    const more = { ...INGEST, name: 'strict', tolerableFailedRuns: 0.05 };
    expect(
      decisionOf(runsIn('serverless', 10), { workloads: [INGEST, more], contexts: [declare('serverless')] }).worklist
        .runs,
    ).toEqual([
      { context: 'serverless', vantage: 'driver', runs: 55, spanSeconds: 15 * 3_600, workloads: ['ingest', 'strict'] },
    ]);
  });

  test('says what else is missing', () => {
    const { missing } = decisionOf(runsIn('serverless', ENOUGH), {
      workloads: [{ ...INGEST, longestIdleMs: 1_800_000 }],
      contexts: [declare('serverless')],
    }).worklist;
    expect(missing).toMatchObject([
      { context: 'serverless', workloads: ['ingest'], what: expect.stringContaining('being idle for 30 min') },
    ]);
  });
});

describe('each workload is judged by its own demand', () => {
  test('and not by the largest of all that use its targets', () => {
    const strict = { ...INGEST, name: 'strict', tolerableFailedRuns: 0.01 };
    const decision = decisionOf(runsIn('serverless', ENOUGH), { workloads: [INGEST, strict] });
    expect(cellIn(decision, 'serverless', 'ingest').placement).toBe('suitable');
    expect(cellIn(decision, 'serverless', 'strict').placement).toBe('undetermined');
  });

  test('and the one at the edge says how many bad runs it takes', () => {
    expect(cellIn(decisionOf(runsIn('serverless', ENOUGH))).badRunsToLose).toBe(1);
    expect(cellIn(decisionOf(runsIn('serverless', 60))).badRunsToLose).toBe(2);
    expect(cellIn(decisionOf(runsIn('serverless', ENOUGH - 1))).badRunsToLose).toBeNull();
  });

  test('that it takes so many is true', () => {
    const with60 = (bad: number) => [...runsIn('serverless', 60), ...runsIn('serverless', bad, { attempts: down }, 60)];
    expect(cellIn(decisionOf(with60(1))).placement).toBe('suitable');
    expect(cellIn(decisionOf(with60(2))).placement).not.toBe('suitable');
  });

  test('warnings block where the policy says so', () => {
    const retries = { ...INGEST, retriesFirstConnection: true };
    const firstFails = [failed('connection-refused'), ...clean(14)];
    const runs = [...runsIn('serverless', 10, { attempts: firstFails }), ...runsIn('serverless', 30, {}, 10)];
    expect(cellIn(decisionOf(runs, { workloads: [retries] }))).toMatchObject({
      placement: 'suitable',
      warnings: [expect.objectContaining({ rule: 'stability/first-attempt' }), expect.any(Object)],
    });
    expect(cellIn(decisionOf(runs, { workloads: [retries], policy: { warn: 'blocks' } }))).toMatchObject({
      placement: 'unsuitable',
      warnings: [],
    });
  });
});

describe('what is to be known of the evidence', () => {
  const remarks = (runs: readonly SyntheticRun[], asked: Asked = {}) =>
    decisionOf(runs, asked).remarks.map(({ runs: count, what, effect }) => `${count} ${what}: ${effect}`);

  test.each([
    [
      'interrupted runs',
      runsIn('serverless', 3, { end: 'interrupted' }),
      '3 interrupted, killed, or still running (vantage driver): their failures count',
    ],
    [
      'runs of one host',
      runsIn('serverless', 3, { context: context({ bootId: 'one' }) }),
      '2 of a host that had made a run before (vantage driver): they count as one',
    ],
    ['runs with lost lines', runsIn('serverless', 2, { damaged: true }), '2 with lines that are lost'],
    ['runs of a lab', runsIn('serverless', 2, { lab: true }), '2 of a lab'],
    [
      'runs at another server',
      [runIn('serverless', 0, { targets: [target({ digest: 'sha256:old' })] }), runIn('serverless', 1)],
      '1 connected elsewhere than the latest run does (vantage driver): set aside for: claims-db',
    ],
  ])('%s are named with their effect', (_, runs, said) => {
    expect(remarks(runs)).toContainEqual(expect.stringContaining(said));
  });

  test('runs that are too old are', () => {
    expect(
      remarks(runsIn('serverless', 3), { decidedAt: instant(T0 + 30 * 24 * HOUR_MS + HOUR_MS + 1) }),
    ).toContainEqual(expect.stringContaining('2 older than policy.maxAge'));
  });

  test('runs that were gathered as ephemeral and are declared stable now are', () => {
    expect(
      remarks(runsIn('serverless', 2), { contexts: [declare('serverless', { ephemeral: false, kind: 'host' })] }),
    ).toContainEqual('2 gathered as ephemeral (vantage driver): judged as stable, as it is declared now');
  });

  test('what was tried by hand and declared is', () => {
    expect(remarks([], { contexts: [declare('serverless', { provides: ['jar'] })] })).toEqual([
      'null declared to provide jar: believed where nothing else is known of its kind of compute',
    ]);
  });
});

test('a context that is declared stable now is judged as one, with evidence from before the declaration', () => {
  const oneHost = Array.from({ length: ENOUGH }, (_, index) =>
    run(index, clean(15), { context: context({ bootId: 'one' }) }),
  );
  expect(cellIn(decisionOf(oneHost)).placement).toBe('undetermined');
  expect(cellIn(decisionOf(oneHost, { contexts: [declare('serverless', { ephemeral: false })] })).placement).toBe(
    'suitable',
  );
});

describe('what is declared of a context and contradicts what was found there leaves its workloads undetermined', () => {
  const found = (kind: string) =>
    Array.from({ length: ENOUGH }, (_, index) =>
      runIn('serverless', index, { context: context({ kind, bootId: `b-${index}` }) }),
    );
  const cell = (kind: string, over: Parameters<typeof declare>[1]) =>
    cellIn(decisionOf(found(kind), { contexts: [declare('serverless', over)] }));

  test.each([
    [
      'kubernetes',
      { kind: 'databricks-serverless' },
      'declared as databricks-serverless, and runs of it were made on kubernetes',
    ],
    [
      'databricks-serverless',
      { kind: 'databricks-dedicated' },
      'declared as databricks-dedicated, and runs of it were made on databricks-serverless',
    ],
    [
      'databricks-serverless',
      { ephemeral: false },
      'declared stable, and runs of it were made on databricks-serverless',
    ],
  ])('found on %s and declared %j', (kind, over, said) => {
    expect(cell(kind, over)).toMatchObject({ placement: 'undetermined', why: expect.stringContaining(said) });
  });

  test('a job cluster, new for each run, is dedicated compute, also where only its evidence says so', () => {
    const classic = found('databricks-classic');
    const computeIn = (contexts: Parameters<typeof decisionOf>[1]) =>
      decisionOf(classic, contexts).contexts[0]?.compute;
    expect(computeIn({ contexts: [] })).toBe('dedicated');
    expect(computeIn({ contexts: [declare('serverless', { kind: null })] })).toBe('dedicated');
    expect(cell('databricks-classic', { kind: null, compute: 'serverless' })).toMatchObject({
      placement: 'undetermined',
      why: expect.stringContaining('taken for serverless compute, and runs of it were made on databricks-classic'),
    });
  });

  test('some runs of it on another kind, whichever was the latest', () => {
    const last = runIn('serverless', ENOUGH, { context: context({ kind: 'databricks-serverless', bootId: 'last' }) });
    const mixed = [...found('databricks-classic'), last];
    expect(cellIn(decisionOf(mixed)).why).toContain(
      'declared as databricks-serverless, and runs of it were made on databricks-classic',
    );
    expect(cellIn(decisionOf(mixed, { contexts: [] })).why).toContain(
      'runs of serverless were made on databricks-classic, databricks-serverless',
    );
  });

  test('stable on a serverless kind, also where nothing is declared by now', () => {
    const asStable = found('databricks-serverless').map((one) => ({
      ...one,
      context: context({ kind: 'databricks-serverless', ephemeral: false }),
    }));
    const decision = decisionOf(asStable, { contexts: [] });
    expect(decision.contexts).toMatchObject([{ name: 'serverless', compute: 'serverless' }]);
    expect(cellIn(decision)).toMatchObject({ placement: 'undetermined' });
  });

  test.each([
    ['databricks-classic', { kind: 'databricks-dedicated' }],
    ['host', { kind: 'databricks-serverless' }],
    ['databricks-serverless', { kind: null }],
  ])('and not where it was found on %s and declared %j', (kind, over) => {
    expect(cell(kind, over).placement).toBe('suitable');
  });
});

test('contexts are compared target by target', () => {
  const [comparison] = decisionOf(mixed(), WORKLOADS).comparisons;
  expect(comparison).toMatchObject({ vantage: 'driver', baseline: 'dedicated', other: 'serverless' });
  expect(comparison?.targets.find(({ target: name }) => name === 'claims-db')).toMatchObject({ relation: 'worse' });
});

test('a waiver for all contexts is used where any of them needs it, and else it is a finding', () => {
  const waiver = {
    target: 'claims-db',
    rule: 'stage/untestable',
    context: null,
    until: instant(T0 + 80 * 24 * HOUR_MS),
    approvedBy: 'a',
    ticket: 't',
    reason: 'r',
  };
  const unused = decisionOf(both(), { policy: { waivers: [waiver] } });
  expect(unused.findings).toMatchObject([{ rule: 'policy/waivers', verdict: 'warn', cause: 'waiver-unused' }]);
  const untestable = { targets: [target({ untestable: 'Kerberos' })] };
  const used = decisionOf([...runsIn('dedicated', ENOUGH), ...runsIn('serverless', ENOUGH, untestable)], {
    policy: { waivers: [waiver] },
  });
  expect(used.findings).toEqual([]);
});

test('what our own rules throw is a defect, and no cell of it is suitable', () => {
  const broken = { targets: [target({ expect: { version: 'broken' } })] };
  const { decision, defects } = deciding(runsIn('serverless', ENOUGH, broken));
  expect(defects.length).toBeGreaterThan(0);
  expect(cellIn(decision).placement).toBe('undetermined');
});

test('workloads are placed in contexts that only the evidence knows', () => {
  const decision = decisionOf(both(), { contexts: [] });
  expect(decision.contexts).toMatchObject([
    { name: 'dedicated', compute: 'dedicated', ephemeral: false },
    { name: 'serverless', compute: 'serverless', ephemeral: true },
  ]);
  expect(workload('x', []).needs).toEqual([]);
  expect(BOTH).toHaveLength(2);
});
