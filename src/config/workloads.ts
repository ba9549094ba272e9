import { z } from 'zod';
import type { ContextDeclaration, Workload } from '../model/config.ts';
import { COMPUTES } from '../model/decision.ts';
import { NEEDS, VANTAGES } from '../model/records.ts';
import { share, spanMs } from '../model/settings.ts';
import { aboveZero } from './sampling.ts';

const EXPECTED_NAMES = 'expected a list of target names, or none';
const EXPECTED_TOLERANCE = 'expected a share such as 5%, or a whole number of runs a month';

const count = () => z.int().min(1);

const written = z.strictObject({
  uses: z.union([z.literal('none'), z.array(z.string())], EXPECTED_NAMES).optional(),
  connectsFrom: z.enum(VANTAGES).optional(),
  stateless: z.boolean().default(false),
  needs: z.array(z.enum(NEEDS)).default([]),
  duration: aboveZero().optional(),
  longestIdle: aboveZero().optional(),
  connectionsPerRun: count().optional(),
  retriesFirstConnection: z.boolean().default(false),
  runsPerMonth: count().optional(),
  tolerableFailedRuns: z.union([share(), count()], EXPECTED_TOLERANCE).optional(),
});

/** A workload without its name. A count of tolerable failed runs becomes a share of the runs a month. */
export const workloadSchema = written.transform(
  (from, context): Omit<Workload, 'name'> => ({
    uses: usesOf(from.uses),
    connectsFrom: from.connectsFrom ?? null,
    stateless: from.stateless,
    needs: [...new Set(from.needs)],
    durationMs: from.duration ?? null,
    longestIdleMs: from.longestIdle ?? null,
    connectionsPerRun: from.connectionsPerRun ?? null,
    retriesFirstConnection: from.retriesFirstConnection,
    runsPerMonth: from.runsPerMonth ?? null,
    tolerableFailedRuns: toleranceOf(from, (expectation) =>
      context.addIssue({ code: 'custom', message: expectation, path: ['tolerableFailedRuns'] }),
    ),
  }),
);

/** An empty list declares nothing; only `none` says that a workload connects to nothing. */
function usesOf(uses: 'none' | readonly string[] | undefined): Workload['uses'] {
  if (uses === 'none') return uses;
  return uses === undefined || uses.length === 0 ? null : [...new Set(uses)];
}

function toleranceOf(from: z.output<typeof written>, refuse: (expectation: string) => void): number | null {
  const { tolerableFailedRuns: tolerable, runsPerMonth } = from;
  if (tolerable === undefined) return null;
  // A share is below 1, and a count is not.
  if (tolerable < 1) return tolerable;
  if (runsPerMonth === undefined) {
    refuse('expected a share such as 5%: a number of runs needs runsPerMonth beside it');
    return null;
  }
  if (tolerable >= runsPerMonth) {
    refuse('expected fewer runs than runsPerMonth');
    return null;
  }
  return tolerable / runsPerMonth;
}

const cost = () => z.number().min(0);

/** A context without its name; ephemeral unless declared otherwise. */
export const contextSchema = z
  .strictObject({
    ephemeral: z.boolean().default(true),
    compute: z.enum(COMPUTES).optional(),
    kind: z.string().trim().min(1).optional(),
    provides: z.array(z.enum(NEEDS)).default([]),
    costPerHour: cost().optional(),
    startup: spanMs().optional(),
    idleKept: spanMs().optional(),
    minimumBilling: spanMs().optional(),
  })
  .transform(
    (from): Omit<ContextDeclaration, 'name'> => ({
      ephemeral: from.ephemeral,
      compute: from.compute ?? null,
      kind: from.kind ?? null,
      provides: [...new Set(from.provides)],
      costPerHour: from.costPerHour ?? null,
      startupMs: from.startup ?? null,
      idleKeptMs: from.idleKept ?? null,
      minimumBillingMs: from.minimumBilling ?? null,
    }),
  );
