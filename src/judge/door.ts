import { type Cause, causeText } from '../model/causes.ts';
import type { Finding } from '../model/finding.ts';
import type { Need, Rule, RuleInput, RuleOutcome } from '../model/probe.ts';

// The one door to a verdict: what is required, then what is missing, then the judgement. What throws is our own defect and no verdict.

type TargetInput = RuleInput<unknown, unknown>;

/** A rule over anything. */
type Gate<Input> = {
  readonly id: string;
  required(input: Input): string | null;
  /** What the rule needs and the evidence lacks; null where nothing is missing. */
  lacks(input: Input): RuleOutcome | null;
  judge(input: Input): RuleOutcome;
};

export type Door = {
  /** Null where the rule does not apply. */
  pass<Input>(gate: Gate<Input>, input: Input): Finding | null;
  /** What rules threw. */
  readonly defects: readonly unknown[];
};

export function openDoor(): Door {
  const defects: unknown[] = [];
  return {
    defects,
    pass(gate, input) {
      let required: string | null = null;
      try {
        required = gate.required(input);
        if (required === null) return null;
        return findingOf(gate.id, required, gate.lacks(input) ?? gate.judge(input));
      } catch (error) {
        defects.push(error);
        return findingOf(gate.id, required ?? 'that this rule can be judged', {
          verdict: 'inconclusive',
          observed: `the rule ${gate.id} broke; this is no verdict on the target`,
          cause: 'defect',
        });
      }
    },
  };
}

function findingOf(rule: string, required: string, { verdict, observed, cause, action }: RuleOutcome): Finding {
  const text = cause === null ? null : causeText(cause);
  return {
    rule,
    verdict,
    observed,
    required,
    cause,
    owner: text?.owner ?? null,
    action: action ?? text?.action ?? null,
    waiver: null,
  };
}

export const gateOf = (rule: Rule<unknown, unknown>): Gate<TargetInput> => ({
  id: rule.id,
  required: (input) => rule.required(input),
  lacks: (input) => missing(rule.needs, input),
  judge: (input) => rule.judge(input),
});

const LACK: Readonly<Record<Need, { readonly observed: string; readonly cause: Cause }>> = {
  attempts: { observed: 'no attempt was made that counts', cause: 'nothing-observed' },
  successes: { observed: 'no attempt succeeded', cause: 'nothing-observed' },
  observations: { observed: 'no attempt brought an observation', cause: 'nothing-observed' },
  egress: { observed: 'no attempt learnt which address the target saw', cause: 'egress-not-seen' },
  holds: { observed: 'no connection was held', cause: 'idle-not-tested' },
};

const MORE_THAN_KEPT = 'more different observations were made than are kept, and what the rest say is not known';

function missing(needs: readonly Need[], input: TargetInput): RuleOutcome | null {
  if (needs.includes('observations') && input.analysis.observationsOverflowed) {
    return { verdict: 'inconclusive', observed: MORE_THAN_KEPT, cause: 'nothing-observed' };
  }
  const need = needs.find((one) => !has(one, input));
  return need === undefined ? null : { verdict: 'inconclusive', ...LACK[need] };
}

function has(need: Need, { analysis }: TargetInput): boolean {
  switch (need) {
    case 'attempts':
      return analysis.runs.some(({ succeeded, failed }) => succeeded + failed > 0);
    case 'successes':
      return analysis.runs.some(({ succeeded }) => succeeded > 0);
    case 'observations':
      return analysis.observations.length > 0;
    case 'egress':
      return analysis.egress.length > 0;
    case 'holds':
      return analysis.holds.length > 0;
    default:
      return need satisfies never;
  }
}
