import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { VERDICTS } from '../../../src/model/verdict.ts';
import {
  type AttemptOver,
  clean,
  context,
  demand,
  failed,
  requirement,
  run,
  type SyntheticRun,
  target,
} from '../../kit/evidence.ts';
import { type Asked, reportOf } from './judging.ts';

// What must hold of every history: the wrong directions.

const join = { part: { name: 'join', reached: true } };

const oddAttempt: fc.Arbitrary<AttemptOver> = fc.constantFrom<AttemptOver[]>(
  failed('login-timeout'),
  failed('connection-reset'),
  failed('certificate-expired'),
  failed('version-unsupported'),
  failed('group-unstable', join),
  failed('login-timeout', { part: { name: 'join', reached: false } }),
  failed('connect-timeout', { taint: 'uplink' }),
  { taint: 'starved' },
  { outcome: 'aborted' },
  { egress: ['203.0.113.9'] },
  join,
);

const attempts: fc.Arbitrary<AttemptOver[]> = fc
  .record({ clean: fc.integer({ min: 0, max: 40 }), odd: fc.array(fc.tuple(fc.nat(40), oddAttempt), { maxLength: 5 }) })
  .map(({ clean: count, odd }) => {
    const all = clean(count);
    for (const [at, attempt] of odd) all.splice(Math.min(at, all.length), 0, attempt);
    return all;
  });

type Shape = {
  readonly attempts: AttemptOver[];
  readonly over: Partial<SyntheticRun>;
  readonly host: number;
  readonly gap: number;
};

const CLEAN_SHAPE: Shape = { attempts: clean(33), over: {}, host: 0, gap: 1 };
const oddShape: fc.Arbitrary<Shape> = fc.record({
  attempts,
  over: fc.constantFrom<Partial<SyntheticRun>[]>({}, {}, { end: null }, { end: 'interrupted' }),
  host: fc.integer({ min: 0, max: 3 }),
  gap: fc.constantFrom(0.1, 1),
});

/** Clean histories, short or long enough to pass, with odd runs among them. */
const history: fc.Arbitrary<SyntheticRun[]> = fc
  .record({
    shapes: fc
      .tuple(
        fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 30, max: 60 })),
        fc.array(fc.tuple(fc.nat(60), oddShape), { maxLength: 3 }),
      )
      .map(([count, odd]) => {
        const all: Shape[] = Array.from({ length: count }, () => CLEAN_SHAPE);
        for (const [at, shape] of odd) all.splice(Math.min(at, all.length), 0, shape);
        return all;
      }),
    ephemeral: fc.boolean(),
    retriesFirstConnection: fc.boolean(),
    parts: fc.constantFrom<Record<string, number>[]>({}, { join: 1 }),
  })
  .map(({ shapes, ephemeral, retriesFirstConnection, parts }) => {
    const targets = [
      target({
        parts,
        demand: demand({ retriesFirstConnection }),
        requirement: requirement({ p95Ms: { connect: 1_000 } }),
      }),
    ];
    let at = 0;
    return shapes.map((shape, index) => {
      at += shape.gap;
      const bootId = shape.host === 0 ? `boot-${index}` : `shared-${shape.host}`;
      const planned = 'join' in parts ? [join, ...shape.attempts] : shape.attempts;
      return {
        ...run(at, planned, { targets, context: context({ ephemeral, bootId }), ...shape.over }),
        id: `run-${index}`,
      };
    });
  });

const asked: fc.Arbitrary<Asked> = fc.record({
  profile: fc.constantFrom('quick', 'gate', 'strict'),
  scope: fc.constantFrom('period', 'period', 'period', 'run'),
});

const rank = ({ verdict }: Report): number => VERDICTS.indexOf(verdict);
const property = (check: (runs: SyntheticRun[], question: Asked, pick: number) => void) =>
  fc.assert(fc.property(history, asked, fc.nat(), check), { seed: 20261124, numRuns: 80 });

const isScored = ({ outcome, taint, failure }: AttemptOver): boolean =>
  (taint ?? null) === null &&
  (outcome === undefined || (outcome === 'failed' && failure?.cause !== 'version-unsupported'));

describe('whatever the history', { timeout: 90_000 }, () => {
  test('a run that lost a record never passes, and never turns a fail into a pass', () => {
    let passes = 0;
    property((runs, question, pick) => {
      const before = reportOf(runs, question);
      if (before.verdict === 'pass') passes += 1;
      const at = question.scope === 'run' ? runs.length - 1 : pick % runs.length;
      const damaged = runs.map((one, index) =>
        index === at
          ? {
              ...one,
              attempts: one.attempts.filter((_, n) => n !== pick % Math.max(1, one.attempts.length)),
              damaged: true,
            }
          : one,
      );
      if (runs.length === 0) return;
      expect(rank(reportOf(damaged, question))).toBeGreaterThanOrEqual(VERDICTS.indexOf('inconclusive'));
    });
    // Else the property would hold for want of a pass.
    expect(passes).toBeGreaterThan(20);
  });

  test('one more failing attempt never improves the verdict', () => {
    property((runs, question, pick) => {
      // A run in which nothing was tried leaves a gap that a failure closes.
      const tried = runs.flatMap((one, index) => (one.attempts.some(isScored) ? [index] : []));
      const at = tried[pick % Math.max(1, tried.length)];
      const worse = runs.map((one, index) =>
        index === at ? { ...one, attempts: [...one.attempts, failed('connect-timeout')] } : one,
      );
      expect(rank(reportOf(worse, question))).toBeGreaterThanOrEqual(rank(reportOf(runs, question)));
    });
  });

  test('a pass over a period has its bound within what is tolerated, and 32 blocks or more', () => {
    property((runs, question) => {
      const [judged] = reportOf(runs, { ...question, scope: 'period' }).targets;
      if (judged?.verdict !== 'pass') return;
      expect(judged.blocks?.upperBound95).toBeLessThanOrEqual(judged.blocks?.tolerable ?? 0);
      expect(judged.blocks?.counted).toBeGreaterThanOrEqual(32);
    });
  });

  test('an ephemeral context never passes on one run', () => {
    property((runs, question) => {
      const ephemeral = runs.map((one) => ({ ...one, context: context({ ...one.context, ephemeral: true }) }));
      expect(reportOf(ephemeral, { ...question, scope: 'run' }).verdict).not.toBe('pass');
    });
  });
});
