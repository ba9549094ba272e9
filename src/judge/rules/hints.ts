import { HINT_LEVEL } from '../../analyze/hint.ts';
import { type Hint, hintsOf } from '../../analyze/hints.ts';
import type { Cause } from '../../model/causes.ts';
import type { Finding } from '../../model/finding.ts';
import type { Rule, RuleInput } from '../../model/probe.ts';
import { worst } from '../../model/verdict.ts';
import { saidOfHint } from '../hint-sentences.ts';

// Where failures gather. A hint says where to look and is no verdict: it warns beside what is wrong already, and else only informs.

type HintRule = { readonly id: string; readonly required: string; readonly cause: Cause };

const HINTS: Readonly<Record<Hint['kind'], HintRule>> = {
  resolved: {
    id: 'hint/by-address',
    required: 'failures do not gather at one address that the name resolves to',
    cause: 'failures-at-one-address',
  },
  egress: {
    id: 'hint/by-egress-address',
    required: 'failures do not gather in runs that leave from one address',
    cause: 'failures-at-one-egress-address',
  },
  peers: {
    id: 'hint/by-server',
    required: 'failures do not gather at one server',
    cause: 'failures-at-one-server',
  },
  run: {
    id: 'hint/by-run',
    required: 'attempts of one run fail no oftener than those of others',
    cause: 'failures-in-some-runs',
  },
  first: {
    id: 'hint/first-attempt',
    required: 'the first attempt of a run fails no oftener than those after it',
    cause: 'failures-at-first-attempt',
  },
  half: {
    id: 'hint/early-or-late',
    required: 'failures come neither early in a run nor late',
    cause: 'failures-by-time-in-run',
  },
  spacing: {
    id: 'hint/periodic',
    required: 'failures do not come at equal distances',
    cause: 'failures-periodic',
  },
  bursts: {
    id: 'hint/bursts',
    required: 'failures do not come in bursts',
    cause: 'failures-in-bursts',
  },
};

type Input = RuleInput<unknown, unknown>;

/** Of one target: they are looked at together, once. */
export function hintRules(): readonly Rule<unknown, unknown>[] {
  let looked: { readonly analysis: Input['analysis']; readonly hints: readonly Hint[] } | null = null;
  const hintsIn = ({ analysis, policy, context: { ephemeral }, scope }: Input): readonly Hint[] => {
    if (looked?.analysis !== analysis) looked = { analysis, hints: hintsOf(analysis, { policy, ephemeral, scope }) };
    return looked.hints;
  };
  return Object.entries(HINTS).map(([kind, { id, required, cause }]) => {
    const hintIn = (input: Input) => hintsIn(input).find((hint) => hint.kind === kind);
    return {
      id,
      needs: [],
      required: (input) => (hintIn(input) === undefined ? null : required),
      judge(input) {
        const hint = hintIn(input);
        if (hint === undefined) return { verdict: 'pass', observed: 'nothing to look at', cause: null };
        return hint.adjusted <= HINT_LEVEL
          ? { verdict: 'warn', observed: saidOfHint(hint), cause }
          : { verdict: 'pass', observed: `${saidOfHint(hint)} That is too little to tell.`, cause: null };
      },
    };
  });
}

export const HINT_RULE_IDS: readonly string[] = Object.values(HINTS).map(({ id }) => id);

/** Where nothing else is wrong with a target, its hints are no warnings. */
export function onlyInforming(findings: readonly Finding[]): readonly Finding[] {
  const others = findings.filter(({ rule }) => !HINT_RULE_IDS.includes(rule)).map(({ verdict }) => verdict);
  if (worst(others) !== 'pass') return findings;
  return findings.map((finding) => (HINT_RULE_IDS.includes(finding.rule) ? { ...finding, verdict: 'pass' } : finding));
}
