import type { Finding } from '../model/finding.ts';
import type { ContextInput, ContextRule } from './context-rule.ts';
import type { Door } from './door.ts';
import { healthy } from './health-rules.ts';
import { uplinkKnown, uplinkStable } from './uplink-rules.ts';
import { countOf, listText } from './words.ts';

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
  healthy,
  uplinkStable,
  uplinkKnown,
];

export const contextFindings = (input: ContextInput, door: Door): readonly Finding[] =>
  RULES.flatMap((rule) => door.pass({ ...rule, lacks: () => null }, input) ?? []);
