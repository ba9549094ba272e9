import type { Rule } from '../../model/probe.ts';
import { countOf, listText } from '../words.ts';

/** A lost line may have been a failure: with it there is no pass. */
export const complete: Rule<unknown, unknown> = {
  id: 'evidence/complete',
  needs: [],
  required: ({ analysis }) =>
    analysis.runs.some(({ damaged }) => damaged) || analysis.setAside.unreadable > 0
      ? 'every record of the counted runs can be read'
      : null,
  judge({ analysis }) {
    const damaged = analysis.runs.filter((run) => run.damaged).map(({ run }) => run);
    const count = Math.max(damaged.length, analysis.setAside.unreadable);
    return {
      verdict: 'inconclusive',
      observed: `records of ${count} of ${countOf(analysis.runs.length, 'run')} are lost or unreadable: ${listText(damaged)}`,
      cause: 'evidence-unreadable',
    };
  },
};
