import type { TargetAnalysis } from '../../model/analysis.ts';
import { isCause } from '../../model/causes.ts';
import type { Rule, RuleInput, RuleOutcome } from '../../model/probe.ts';
import { worst } from '../../model/verdict.ts';
import { causesText, countOf } from '../words.ts';

const LEAST_TRIES_TO_FAIL = 3;

/** The dear parts, such as joining a group: that they can work at all, and that all planned tries were made. Their rate is that of the runs. */
export const parts: Rule<unknown, unknown> = {
  id: 'stability/parts',
  needs: [],
  required({ analysis }) {
    const names = partNames(analysis);
    return names.length === 0 ? null : `every planned try of a part (${names.join(', ')}) is made, and the part works`;
  },
  judge(input) {
    const outcomes = partNames(input.analysis).map((name) => outcomeOf(name, input));
    const verdict = worst(outcomes.map((outcome) => outcome.verdict));
    const leading = outcomes.find((outcome) => outcome.verdict === verdict);
    return {
      verdict,
      observed: outcomes.map(({ observed }) => observed).join('; '),
      cause: leading?.cause ?? null,
    };
  },
};

const partNames = ({ runs }: TargetAnalysis<unknown>): readonly string[] => [
  ...new Set(runs.flatMap((run) => run.parts.filter(({ planned }) => planned > 0).map(({ name }) => name))),
];

function outcomeOf(name: string, { analysis, scope }: RuleInput<unknown, unknown>): RuleOutcome {
  const tries = analysis.runs.flatMap((run) => run.parts.filter((part) => part.name === name));
  const total = (of: 'made' | 'failed' | 'unjudged' | 'planned') => tries.reduce((sum, part) => sum + part[of], 0);
  const [made, failed, unjudged, planned] = [total('made'), total('failed'), total('unjudged'), total('planned')];
  const said = `${name}: ${made - failed} of ${countOf(made, 'try').replace('trys', 'tries')} succeeded, ${planned} were planned`;
  const failures = analysis.failures.filter(({ part }) => part === name);
  const cause = failures[0]?.cause ?? 'part-failed';
  const because = failures.length === 0 ? '' : ` (${causesText(failures)})`;
  const outcome = { observed: `${said}${because}`, cause: isCause(cause) ? cause : 'unclassified' } as const;
  if (made > 0 && unjudged === made) return { ...outcome, verdict: 'inconclusive' };
  if (failed === made && made - unjudged >= LEAST_TRIES_TO_FAIL) return { ...outcome, verdict: 'fail' };
  if (scope === 'run' && failed > 0) return { ...outcome, verdict: 'inconclusive', cause: 'part-failed' };
  if (!tries.some((part) => part.made - part.unjudged >= part.planned))
    return { ...outcome, verdict: 'inconclusive', cause: 'part-missing' };
  return { ...outcome, verdict: 'pass', cause: null };
}
