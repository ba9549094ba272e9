import type { Finding } from '../model/finding.ts';
import type { Gap } from '../model/policy.ts';
import type { ContextInput, ContextRule } from './context-rule.ts';
import type { Door } from './door.ts';
import { healthy } from './health-rules.ts';
import { hostsAlike, hostsComplete } from './host-rules.ts';
import { tellsKind } from './kinds.ts';
import { uplinkKnown, uplinkStable } from './uplink-rules.ts';
import { waiversUsed } from './waivers.ts';
import { countOf, dateText, listText } from './words.ts';
import { connectsElsewhere } from './workloads.ts';

// What is found of the evidence and the context as a whole.

const RULES: readonly ContextRule[] = [
  {
    id: 'evidence/readable',
    required: ({ analysis: { unreadable } }) =>
      unreadable.length === 0 ? null : 'every file of the folder is readable evidence',
    judge: ({ analysis: { unreadable } }) => ({
      verdict: 'inconclusive',
      observed: `${countOf(unreadable.length, 'problem')}: ${listText(unreadable)}`,
      cause: 'evidence-unreadable',
    }),
  },
  {
    id: 'evidence/runs',
    required: ({ analysis: { runs } }) =>
      runs.some(({ counted }) => counted) ? null : 'at least one run of this context counts',
    judge: ({ analysis: { runs } }) => ({
      verdict: 'inconclusive',
      observed:
        runs.length === 0
          ? 'the evidence holds no run of this context and vantage'
          : `none of ${countOf(runs.length, 'run')} counts: ${listText(runs.map(({ id, why }) => `${id} ${why ?? ''}`))}`,
      cause: 'nothing-observed',
    }),
  },
  {
    id: 'evidence/targets',
    required: ({ gaps }) =>
      gaps.length === 0 ? null : 'every target of the configuration stands in the evidence as it connects now',
    judge: ({ gaps }) => ({
      verdict: 'inconclusive',
      observed: `${countOf(gaps.length, 'target')} without evidence: ${listText(gaps.map(({ target, why }) => `${target} ${GAP_TEXT[why]}`))}`,
      cause: 'nothing-observed',
      action: 'Run `probe all` with this configuration and the same evidence folder.',
    }),
  },
  {
    id: 'workload/vantage',
    required: (input) =>
      elsewhere(input).length === 0 ? null : 'each workload is judged from the place that it connects from',
    judge: (input) => ({
      verdict: 'warn',
      observed: `this evidence is of the vantage ${input.analysis.context.vantage} and says nothing of ${listText(
        elsewhere(input).map(({ workload }) => `${workload.name}, which connects from ${workload.connectsFrom}`),
      )}`,
      cause: 'other-vantage',
    }),
  },
  {
    id: 'evidence/history',
    required: ({ analysis: { runsGone } }) =>
      runsGone.length === 0 ? null : 'every run that lay in the folder when a later one began is still there',
    judge: ({ analysis: { runsGone } }) => ({
      verdict: 'inconclusive',
      observed: `${countOf(runsGone.length, 'run')} gone: ${listText(
        runsGone.map(({ run, at }) => `${run} of ${dateText(at)} UTC`),
      )}`,
      cause: 'runs-gone',
    }),
  },
  {
    id: 'evidence/one-place',
    required: (input) => (kindsOf(input).length < 2 ? null : 'all runs of a context were made on one kind of compute'),
    judge: (input) => ({
      verdict: 'inconclusive',
      observed: `runs of ${input.analysis.context.name} were made on ${listText(kindsOf(input))}`,
      cause: 'contexts-mixed',
    }),
  },
  {
    id: 'evidence/clocks',
    required: (input) => (aheadOf(input).length === 0 ? null : 'no run begins after the time at which it is judged'),
    judge: (input) => ({
      verdict: 'inconclusive',
      observed: `${countOf(aheadOf(input).length, 'run')}: ${listText(
        aheadOf(input).map(({ id, startedAt }) => `${id} began ${dateText(startedAt)} UTC`),
      )}; it is ${dateText(input.judgedAt)} UTC here`,
      cause: 'clocks-disagree',
    }),
  },
  healthy,
  hostsComplete,
  hostsAlike,
  uplinkStable,
  uplinkKnown,
  waiversUsed,
];

/** Kinds of compute on which runs that count were made, where signs told them. */
const kindsOf = ({ analysis: { runs } }: ContextInput): readonly string[] => [
  ...new Set(runs.filter(({ counted, kind }) => counted && tellsKind(kind)).map(({ kind }) => kind)),
];

/** Clocks of two machines are hardly ever the same to the second. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** Its age cannot be known, nor whether it is recent. */
const aheadOf = ({ analysis, judgedAt }: ContextInput) =>
  analysis.runs.filter(
    ({ counted, startedAt }) => counted && Date.parse(startedAt) - Date.parse(judgedAt) > CLOCK_SLACK_MS,
  );

const GAP_TEXT: Readonly<Record<Gap['why'], string>> = {
  'never-tried': 'was never tried',
  'connects-elsewhere': 'connects elsewhere by now',
  'cannot-be-compared':
    'cannot be compared, since its references do not resolve here and its evidence is of an earlier version',
};

/** Workloads that connect from another place than this evidence does. */
const elsewhere = ({ analysis, workloads }: ContextInput) =>
  workloads.filter(({ workload }) => connectsElsewhere(workload, analysis.context));

export const contextFindings = (input: ContextInput, door: Door): readonly Finding[] =>
  RULES.flatMap((rule) => door.pass({ ...rule, lacks: () => null }, input) ?? []);
