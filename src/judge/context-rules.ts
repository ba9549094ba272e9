import type { Analysis } from '../model/analysis.ts';
import type { Finding } from '../model/finding.ts';
import type { RuleOutcome } from '../model/probe.ts';
import type { Door } from './door.ts';
import { countOf, listText } from './words.ts';

// What is found of the evidence and the context as a whole.

type ContextRule = {
  readonly id: string;
  required(analysis: Analysis): string | null;
  judge(analysis: Analysis): RuleOutcome;
};

const RULES: readonly ContextRule[] = [
  {
    id: 'evidence/readable',
    required: ({ unreadable }) => (unreadable.length === 0 ? null : 'every file of the folder is readable evidence'),
    judge: ({ unreadable }) => ({
      verdict: 'inconclusive',
      observed: `${countOf(unreadable.length, 'problem')}: ${listText(unreadable)}`,
      cause: 'evidence-unreadable',
    }),
  },
  {
    id: 'evidence/runs',
    required: ({ runs }) => (runs.some(({ counted }) => counted) ? null : 'at least one run of this context counts'),
    judge: ({ runs }) => ({
      verdict: 'inconclusive',
      observed:
        runs.length === 0
          ? 'the evidence holds no run of this context and vantage'
          : `none of ${countOf(runs.length, 'run')} counts: ${listText(runs.map(({ id, why }) => `${id} ${why ?? ''}`))}`,
      cause: 'nothing-observed',
    }),
  },
];

export const contextFindings = (analysis: Analysis, door: Door): readonly Finding[] =>
  RULES.flatMap((rule) => door.pass({ ...rule, lacks: () => null }, analysis) ?? []);
