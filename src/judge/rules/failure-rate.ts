import type { Rule } from '../../model/probe.ts';
import { statedOf } from '../stated.ts';
import { countOf, percent } from '../words.ts';
import { rateInRun } from './rate-in-run.ts';
import { rateOverRuns } from './rate-over-runs.ts';

/** How often job runs fail here: over independent runs, or over the attempts of this run alone. */
export const failureRate: Rule<unknown, unknown> = {
  id: 'stability/failure-rate',
  needs: ['attempts'],
  required(input) {
    const { tolerable, connections } = statedOf(input);
    const where = input.scope === 'run' ? ' in a period like that of this run' : '';
    return `with 95 % confidence, fewer than ${percent(tolerable)} of job runs with ${countOf(connections, 'connection')} meet a failure${where}`;
  },
  judge: (input) => (input.scope === 'run' ? rateInRun(input) : rateOverRuns(input)),
};
