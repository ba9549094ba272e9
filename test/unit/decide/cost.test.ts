import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyze } from '../../../src/analyze/analyze.ts';
import { breakEvenOf, costOf, type PricedContext, pricedContext, sumOf } from '../../../src/decide/cost.ts';
import type { ContextDeclaration } from '../../../src/model/config.ts';
import { DEFAULT_POLICY } from '../../../src/model/policy.ts';
import type { WorkloadRecord } from '../../../src/model/records.ts';
import { clean, folderOf, instant, run, type SyntheticRun, workload } from '../../kit/evidence.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const MONTH = 730 * HOUR;

const priced = (over: Partial<PricedContext> = {}): PricedContext => ({
  name: 'dedicated',
  costPerHour: 2,
  startupMs: 5 * MINUTE,
  idleKeptMs: null,
  minimumBillingMs: null,
  measuredStartupMs: null,
  ...over,
});

const ingest = (over: Partial<WorkloadRecord> = {}): WorkloadRecord =>
  workload('claims-ingest', ['claims-db'], { durationMs: 40 * MINUTE, runsPerMonth: 720, ...over });

describe('a month of a workload', () => {
  test.each([
    ['is paid for from the start of its compute', {}, {}, 540, 1_080],
    ['pays for the time that its compute is kept idle', { idleKeptMs: 15 * MINUTE }, {}, 720, 1_440],
    ['pays the minimum of each run', { minimumBillingMs: HOUR }, {}, 720, 1_440],
    ['pays no minimum that its runs exceed', { minimumBillingMs: MINUTE }, {}, 540, 1_080],
    ['costs nothing where the rate is nothing', { costPerHour: 0 }, {}, 540, 0],
    ['pays for what is short once for each run', {}, { durationMs: 0, runsPerMonth: 12 }, 1, 2],
  ])('%s', (_, context, asks, billedHours, perMonth) => {
    const cost = costOf(ingest(asks), priced(context));
    expect(cost).toMatchObject({ startupSeconds: 300, startupFrom: 'declared', missing: [] });
    expect(cost.billedHours).toBeCloseTo(billedHours, 9);
    expect(cost.perMonth).toBeCloseTo(perMonth, 9);
  });

  test('is paid for by the start-up as it was measured, where none is declared', () => {
    const measured = priced({ startupMs: null, measuredStartupMs: 20 * MINUTE });
    expect(costOf(ingest(), measured)).toMatchObject({
      billedHours: 720,
      startupSeconds: 1_200,
      startupFrom: 'measured',
    });
    expect(costOf(ingest(), { ...measured, startupMs: 0 })).toMatchObject({
      billedHours: 480,
      startupSeconds: 0,
      startupFrom: 'declared',
    });
  });

  test('is not known where a number is missing, and each of them is named as the configuration has it', () => {
    expect(costOf(ingest(), priced({ name: 'serverless', costPerHour: null }))).toMatchObject({
      perMonth: null,
      billedHours: 540,
      missing: ['contexts.serverless.costPerHour'],
    });
    const unpriced = pricedContext('serverless', undefined, []);
    expect(costOf(ingest({ durationMs: null, runsPerMonth: null }), unpriced)).toEqual({
      perMonth: null,
      billedHours: null,
      startupSeconds: null,
      startupFrom: null,
      missing: [
        'contexts.serverless.costPerHour',
        'contexts.serverless.startup (neither declared nor measured)',
        'workloads.claims-ingest.duration',
        'workloads.claims-ingest.runsPerMonth',
      ],
    });
  });

  test.each<[string, Partial<PricedContext>, Partial<WorkloadRecord>]>([
    ['duration', {}, { durationMs: null }],
    ['number of runs', {}, { runsPerMonth: null }],
    ['start-up', { startupMs: null }, {}],
  ])('has no hours without its %s', (_, context, asks) => {
    const cost = costOf(ingest(asks), priced(context));
    expect(cost).toMatchObject({ perMonth: null, billedHours: null });
    expect(cost.missing).toHaveLength(1);
  });
});

describe('the start-up of a context', () => {
  const analysisOf = (runs: readonly SyntheticRun[]) =>
    analyze(folderOf(runs), {
      context: 'serverless',
      vantage: 'driver',
      scope: 'period',
      run: null,
      only: null,
      judgedAt: '2026-11-05T00:00:00.000Z',
      policy: DEFAULT_POLICY,
    });
  const started = (index: number, afterMs: number): SyntheticRun => {
    const one = run(index, clean(1));
    return { ...one, requestedAt: instant(one.at - afterMs) };
  };
  const measured = (runs: readonly SyntheticRun[]) =>
    pricedContext('serverless', undefined, [analysisOf(runs)]).measuredStartupMs;

  test('is the median of its runs', () => {
    expect(measured([started(0, 90 * SECOND), started(1, 10 * MINUTE), started(2, 20 * SECOND)])).toBe(90 * SECOND);
    expect(measured([started(0, 20 * SECOND), started(1, 40 * SECOND)])).toBe(30 * SECOND);
  });

  test('is not known of runs that do not say when they were asked for', () => {
    expect(measured([])).toBeNull();
    expect(measured([run(0, clean(1))])).toBeNull();
    expect(measured([run(0, clean(1)), started(1, MINUTE)])).toBe(MINUTE);
  });

  test('is not taken from runs that do not count', () => {
    const old = { ...started(0, HOUR), at: Date.parse('2026-09-01T08:00:00.000Z') };
    expect(measured([{ ...old, requestedAt: instant(old.at - HOUR) }, started(1, MINUTE)])).toBe(MINUTE);
  });

  test('is no less than nothing where the clock of the platform is ahead', () => {
    expect(measured([started(0, -2 * SECOND)])).toBe(0);
  });

  test('and its prices are as declared', () => {
    const declared: ContextDeclaration = {
      name: 'serverless',
      ephemeral: true,
      compute: 'serverless',
      kind: null,
      provides: [],
      costPerHour: 4.8,
      startupMs: 10_000,
      idleKeptMs: 0,
      minimumBillingMs: 60_000,
    };
    expect(pricedContext('serverless', declared, [analysisOf([started(0, MINUTE)])])).toEqual({
      name: 'serverless',
      costPerHour: 4.8,
      startupMs: 10_000,
      idleKeptMs: 0,
      minimumBillingMs: 60_000,
      measuredStartupMs: 60_000,
    });
  });
});

describe('the break-even', () => {
  const dedicated = priced({ costPerHour: 2, startupMs: 6 * MINUTE });
  const serverless = priced({ name: 'serverless', costPerHour: 5, startupMs: 0 });

  test('is where a run costs the same in both contexts', () => {
    // 2 (6 + d) = 5 d: 4 minutes, of which a month of 730 h holds 720
    expect(breakEvenOf(ingest(), [dedicated, serverless])).toEqual([
      {
        contexts: ['dedicated', 'serverless'],
        durationSeconds: expect.closeTo(240, 6),
        dutyCycle: expect.closeTo(48 / 730, 9),
        cheaperBelow: 'serverless',
      },
    ]);
  });

  test('needs no duration of the workload, and its number of runs', () => {
    expect(breakEvenOf(ingest({ durationMs: null }), [dedicated, serverless])).toHaveLength(1);
    expect(breakEvenOf(ingest({ runsPerMonth: null }), [dedicated, serverless])).toEqual([]);
  });

  test('is that of each pair of contexts', () => {
    const classic = priced({ name: 'classic', costPerHour: 1, startupMs: 30 * MINUTE });
    expect(
      breakEvenOf(ingest(), [dedicated, serverless, classic]).map(({ contexts, durationSeconds }) => [
        ...contexts,
        Math.round(durationSeconds),
      ]),
    ).toEqual([
      ['dedicated', 'serverless', 240],
      ['dedicated', 'classic', 1_080],
      ['serverless', 'classic', 450],
    ]);
  });

  test('comes twice where a minimum makes the short runs dear as well', () => {
    // 2 (6 + d) against 5 max(d, 3): they cross at 1.5 and at 4 minutes
    const withMinimum = { ...serverless, minimumBillingMs: 3 * MINUTE };
    expect(
      breakEvenOf(ingest(), [dedicated, withMinimum]).map(({ durationSeconds, cheaperBelow }) => [
        Math.round(durationSeconds),
        cheaperBelow,
      ]),
    ).toEqual([
      [90, 'dedicated'],
      [240, 'serverless'],
    ]);
  });

  test('may be where a minimum ends', () => {
    // 2 d against max(10 + d, 20), each in minutes
    const one = { ...dedicated, costPerHour: 2, startupMs: 0 };
    const other = { ...serverless, costPerHour: 1, startupMs: 10 * MINUTE, minimumBillingMs: 20 * MINUTE };
    expect(breakEvenOf(ingest(), [one, other])).toMatchObject([{ durationSeconds: 600, cheaperBelow: 'dedicated' }]);
  });

  test.each<[string, Partial<PricedContext>]>([
    ['one is always cheaper', { costPerHour: 1 }],
    ['both cost the same at any length', { costPerHour: 2, startupMs: 6 * MINUTE }],
    ['both cost the same for short runs alone', { costPerHour: 1, startupMs: 12 * MINUTE }],
    ['a rate is missing', { costPerHour: null }],
    ['a start-up is missing', { startupMs: null }],
  ])('is not said where %s', (_, over) => {
    expect(breakEvenOf(ingest(), [dedicated, { ...serverless, ...over }])).toEqual([]);
  });

  test('is not said where it is longer than all runs of a month can be', () => {
    const close = { ...serverless, costPerHour: 2.01 };
    // 2 (6 + d) = 2.01 d: 1200 minutes
    expect(breakEvenOf(ingest({ runsPerMonth: 36 }), [dedicated, close])).toHaveLength(1);
    expect(breakEvenOf(ingest({ runsPerMonth: 37 }), [dedicated, close])).toEqual([]);
  });
});

describe('the cost of a strategy', () => {
  const known = costOf(ingest(), priced());

  test('is the sum of its workloads, in the currency that is stated', () => {
    expect(sumOf([known, known], 'EUR')).toEqual({ perMonth: 2_160, currency: 'EUR', missing: [] });
    expect(sumOf([], 'EUR')).toEqual({ perMonth: 0, currency: 'EUR', missing: [] });
  });

  test('is not known where that of one workload is not', () => {
    const unknown = costOf(ingest(), priced({ costPerHour: null }));
    expect(sumOf([known, unknown, unknown], 'EUR')).toEqual({
      perMonth: null,
      currency: 'EUR',
      missing: ['contexts.dedicated.costPerHour'],
    });
  });

  test('says where no currency is stated', () => {
    expect(sumOf([known], null)).toEqual({ perMonth: 1_080, currency: null, missing: ['policy.currency'] });
  });
});

const span = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2 * HOUR }));
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null });
const anyContext = (name: string): fc.Arbitrary<PricedContext> =>
  fc.record({
    name: fc.constant(name),
    costPerHour: fc.integer({ min: 0, max: 50_000 }).map((thousandths) => thousandths / 1_000),
    startupMs: span,
    idleKeptMs: maybe(span),
    minimumBillingMs: maybe(span),
    measuredStartupMs: maybe(span),
  });
const months = fc.record({
  durationMs: fc.integer({ min: 0, max: 24 * HOUR }),
  runsPerMonth: fc.integer({ min: 1, max: 50_000 }),
});

describe('whatever the numbers', () => {
  test('no cost falls with the rate, the duration, the runs, the start-up, the idle time or the minimum', () => {
    const more = fc.integer({ min: 0, max: HOUR });
    fc.assert(
      fc.property(anyContext('one'), months, more, (context, asks, extra) => {
        const costs = (over: Partial<PricedContext>, asked: Partial<WorkloadRecord> = {}) =>
          costOf(ingest({ ...asks, ...asked }), { ...context, ...over }).perMonth ?? Number.NaN;
        const cost = costs({});
        expect(cost).toBeGreaterThanOrEqual(0);
        expect(costs({ costPerHour: (context.costPerHour ?? 0) + extra })).toBeGreaterThanOrEqual(cost);
        expect(costs({ startupMs: (context.startupMs ?? 0) + extra })).toBeGreaterThanOrEqual(cost);
        expect(costs({ idleKeptMs: (context.idleKeptMs ?? 0) + extra })).toBeGreaterThanOrEqual(cost);
        expect(costs({ minimumBillingMs: (context.minimumBillingMs ?? 0) + extra })).toBeGreaterThanOrEqual(cost);
        expect(costs({}, { durationMs: asks.durationMs + extra })).toBeGreaterThanOrEqual(cost);
        expect(costs({}, { runsPerMonth: asks.runsPerMonth + extra })).toBeGreaterThanOrEqual(cost);
      }),
      { seed: 20261124, numRuns: 500 },
    );
  });

  test('both contexts cost the same at a break-even, and just below it the one that is named is cheaper', () => {
    let found = 0;
    let twice = 0;
    fc.assert(
      fc.property(anyContext('one'), anyContext('other'), months, (one, other, asks) => {
        const record = ingest(asks);
        const crossings = breakEvenOf(record, [one, other]);
        twice += crossings.length > 1 ? 1 : 0;
        const perMonth = (context: PricedContext, durationMs: number) =>
          costOf({ ...record, durationMs }, context).perMonth ?? Number.NaN;
        for (const { durationSeconds, dutyCycle, cheaperBelow } of crossings) {
          found += 1;
          const atMs = durationSeconds * SECOND;
          const [a, b] = [perMonth(one, atMs), perMonth(other, atMs)];
          expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-8 * Math.max(a, b));
          expect(dutyCycle).toBeCloseTo((atMs * asks.runsPerMonth) / MONTH, 9);
          expect(dutyCycle).toBeLessThanOrEqual(1);
          const [below, above] = [atMs * 0.999, atMs * 1.001];
          const least = (durationMs: number) => perMonth(one, durationMs) - perMonth(other, durationMs);
          const sign = cheaperBelow === 'one' ? 1 : -1;
          const rounding = 1e-8 * Math.max(a, b);
          expect(sign * least(below)).toBeLessThanOrEqual(rounding);
          if (crossings.length === 1 && dutyCycle < 0.99) expect(sign * least(above)).toBeGreaterThanOrEqual(-rounding);
        }
      }),
      { seed: 20261124, numRuns: 3_000 },
    );
    // Else the property would hold for want of a break-even.
    expect(found).toBeGreaterThan(200);
    expect(twice).toBeGreaterThan(5);
  });

  test('where none is said, the same context is cheapest at every length', () => {
    fc.assert(
      fc.property(anyContext('one'), anyContext('other'), months, (one, other, asks) => {
        const record = ingest(asks);
        if (breakEvenOf(record, [one, other]).length > 0) return;
        const signs = Array.from({ length: 200 }, (_, step) => {
          const durationMs = (step / 199) * (MONTH / asks.runsPerMonth);
          const [a = Number.NaN, b = Number.NaN] = [one, other].map(
            (context) => costOf({ ...record, durationMs }, context).perMonth ?? Number.NaN,
          );
          return Math.abs(a - b) <= 1e-8 * Math.max(a, b) ? 0 : Math.sign(a - b);
        });
        expect(new Set(signs.filter((sign) => sign !== 0)).size).toBeLessThanOrEqual(1);
      }),
      { seed: 20261124, numRuns: 300 },
    );
  });
});
