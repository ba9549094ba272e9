import type { Finding } from '../model/finding.ts';
import type { Policy, Waiver } from '../model/policy.ts';
import type { ReportFinding } from '../model/report.ts';
import type { ContextRule } from './context-rule.ts';
import { countOf, dateText, listText } from './words.ts';

// A waiver is listed beside what it waives, and changes nothing of it; what a waiver allows is for `decide` to say.

/** The end of its day, where a date was written. */
const LONGEST_MS = 91 * 86_400_000;

const lastsMs = ({ until }: Waiver, at: string): number => Date.parse(until) - Date.parse(at);

const isEnded = (waiver: Waiver, at: string): boolean => lastsMs(waiver, at) < 0;
const isTooLong = (waiver: Waiver, at: string): boolean => lastsMs(waiver, at) > LONGEST_MS;

type Given = { readonly policy: Policy; readonly context: { readonly name: string }; readonly judgedAt: string };

export function withWaiver(finding: Finding, target: string, { policy, context, judgedAt }: Given): Finding {
  if (finding.verdict === 'pass') return finding;
  const waiver = policy.waivers.find(
    (one) =>
      one.target === target &&
      one.rule === finding.rule &&
      (one.context === null || one.context === context.name) &&
      !isEnded(one, judgedAt) &&
      !isTooLong(one, judgedAt),
  );
  if (waiver === undefined) return finding;
  const { until, approvedBy, ticket, reason } = waiver;
  return { ...finding, waiver: { until, approvedBy, ticket, reason } };
}

export type JudgedFindings = readonly {
  readonly name: string;
  readonly findings: readonly Pick<ReportFinding, 'rule' | 'verdict'>[];
}[];

/** What is wrong with a waiver; null where it waives something. */
export function faultOf(waiver: Waiver, judged: JudgedFindings, at: string): string | null {
  const what = `${waiver.rule} at ${waiver.target} (${waiver.ticket})`;
  if (isEnded(waiver, at)) return `that of ${what} ended ${dateText(waiver.until)} UTC`;
  if (isTooLong(waiver, at)) return `that of ${what} is for more than 90 days, and waives nothing until it is shorter`;
  const target = judged.find(({ name }) => name === waiver.target);
  const isUsed = target?.findings.some(({ rule, verdict }) => rule === waiver.rule && verdict !== 'pass') === true;
  return isUsed ? null : `that of ${what} waives nothing: no such finding is open`;
}

/** Of waivers that name this context: one for all contexts may be used in another. */
export const waiversUsed: ContextRule = {
  id: 'policy/waivers',
  required: (input) => (faultsOf(input).length === 0 ? null : 'each waiver is in force and waives something'),
  judge(input) {
    const faults = faultsOf(input);
    return {
      verdict: 'warn',
      observed: `${countOf(faults.length, 'waiver')}: ${listText(faults)}`,
      cause: 'waiver-unused',
    };
  },
};

function faultsOf({ policy, analysis, judged, judgedAt }: Parameters<ContextRule['judge']>[0]): readonly string[] {
  const tried = judged.map(({ name }) => name);
  return policy.waivers
    .filter(({ context, target }) => context === analysis.context.name && tried.includes(target))
    .flatMap((waiver) => faultOf(waiver, judged, judgedAt) ?? []);
}
