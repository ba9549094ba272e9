import { analyze } from '../../../src/analyze/analyze.ts';
import { type ComparedSide, compareContexts } from '../../../src/decide/compare.ts';
import { judge } from '../../../src/judge/judge.ts';
import { decision, type TargetComparison } from '../../../src/model/decision.ts';
import { DEFAULT_POLICY, type Policy } from '../../../src/model/policy.ts';
import { type Context, VANTAGES } from '../../../src/model/records.ts';
import {
  type AttemptOver,
  clean,
  context,
  failed,
  folderOf,
  instant,
  run,
  type SyntheticRun,
} from '../../kit/evidence.ts';
import { FAKE } from '../judge/judging.ts';

/** Runs of one context, as what each of them tried: an hour apart, each on a host of its own. */
export const runsIn = (
  tried: readonly (readonly AttemptOver[])[],
  over: Partial<SyntheticRun> & { readonly in?: Partial<Context> } = {},
): SyntheticRun[] => {
  const { in: place, ...rest } = over;
  return tried.map((attempts, index) =>
    run(index, attempts, { context: context({ bootId: `boot-${index}`, ...place }), ...rest }),
  );
};

export const repeated = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

/** So many clean runs, then so many in which every attempt fails by this cause but for the first. */
export const mixed = (cleanCount: number, bad: number, cause = 'connection-reset'): (readonly AttemptOver[])[] => [
  ...repeated(cleanCount, clean(15)),
  ...repeated(bad, [{}, ...repeated(14, failed(cause))]),
];

/** Every attempt of a run fails so. */
export const down = (cause: string, over: AttemptOver = {}): readonly AttemptOver[] => repeated(5, failed(cause, over));

export function sideOf(name: string, runs: readonly SyntheticRun[], over: Partial<Policy> = {}): ComparedSide {
  const policy = { ...DEFAULT_POLICY, ...over };
  const named = runs.map((one) => ({ ...one, context: { ...(one.context ?? context()), name } }));
  const judgedAt = instant(Math.max(...runs.map(({ at }) => at)) + 3_600_000);
  const asked = { vantage: VANTAGES[0], scope: 'period', judgedAt, policy } as const;
  const analysis = analyze(folderOf(named), { ...asked, context: name, run: null, only: null });
  const { report, defects } = judge({
    analysis,
    policy,
    judgedAt,
    scope: 'period',
    profile: 'gate',
    present: new Map(),
    gaps: [],
    workloads: [],
    registry: [FAKE],
    tool: { name: 'preflight-probe', version: '0.0.0', digest: 'sha256:0' },
  });
  if (defects.length > 0) throw defects[0];
  return { analysis, report };
}

/** Runs of `dedicated`, the baseline, against runs of `serverless`. */
export function compared(dedicated: readonly SyntheticRun[], serverless: readonly SyntheticRun[]) {
  const given = { policy: DEFAULT_POLICY, profile: 'gate' } as const;
  const comparison = compareContexts(sideOf('dedicated', dedicated), sideOf('serverless', serverless), given);
  return decision.shape.comparisons.element.parse(comparison);
}

/** The same of their one target. */
export function relationOf(dedicated: readonly SyntheticRun[], serverless: readonly SyntheticRun[]): TargetComparison {
  const [only, ...more] = compared(dedicated, serverless).targets;
  if (only === undefined || more.length > 0) throw new Error('expected one target');
  return only;
}

export const kindsOf = ({ differences }: TargetComparison) => differences.map(({ kind }) => kind);

/** The only difference of its kind. */
export function differenceOf({ differences }: TargetComparison, kind: string) {
  const [only, ...more] = differences.filter((one) => one.kind === kind);
  if (only === undefined || more.length > 0) throw new Error(`expected one difference of kind ${kind}`);
  return only;
}
