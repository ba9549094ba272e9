import { sinceOf } from '../analyze/criteria.ts';
import type { RuleInput } from '../model/probe.ts';

/**
 * The stanza that sets the runs so far aside, ready to paste, with the entries that stand already: without them an earlier use would be
 * forgotten. Its time is the end of the last run and not the present, so that judging again gives the same text.
 */
export function sinceStanza({ analysis, context, policy }: RuleInput<unknown, unknown>): string {
  const name = analysis.target.name;
  const ends = analysis.runs.map(({ startedAt, endedAt }) =>
    Math.max(Date.parse(endedAt ?? startedAt), Date.parse(startedAt) + 1),
  );
  const at = new Date(Math.max(...ends)).toISOString();
  const entries = [
    ...policy.since,
    { target: name, context: context.name, at, reason: 'what was mended', ticket: 'TICKET', approvedBy: 'NAME' },
  ];
  const lines = entries.map(({ target, context: where, ...entry }) => {
    const keys = { target, ...(where === null ? {} : { context: where }), ...entry };
    const written = Object.entries(keys).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    return `    - { ${written.join(', ')} }`;
  });
  return ['policy:', '  since:', ...lines].join('\n');
}

/** How often `policy.since` applies to this target here. */
export const sinceUses = ({ analysis, context, policy }: RuleInput<unknown, unknown>): number =>
  sinceOf(policy, analysis.target.name, context.name).length;
