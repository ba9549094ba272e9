import type { Rule } from '../../model/probe.ts';

/** What this client cannot try is never taken as tried. */
export const untestable: Rule<unknown, unknown> = {
  id: 'stage/untestable',
  needs: [],
  required: ({ analysis }) =>
    analysis.target.untestable === null ? null : 'every stage that the workload goes through is tried',
  judge: ({ analysis }) => ({
    verdict: 'inconclusive',
    observed: analysis.target.untestable ?? '',
    cause: 'not-testable',
  }),
};
