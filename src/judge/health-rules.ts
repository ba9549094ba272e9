import type { RunHealth } from '../model/analysis.ts';
import type { ContextRule } from './context-rule.ts';
import { countOf, percentUp, spanText, verb } from './words.ts';

// What is found of the machine that the probe ran on: of the context, and of no target.

/** With more of its attempts lost a run says nothing good of any target (statistics 1.3). */
const MOST_STARVED = 0.2;

/** Beyond this a process is so slow that its latencies are its own (decision 070). */
const MOST_STALLED = 0.8;
/** Of a shorter run the start of the probe is the most part, and no attempt falls into that. */
const LEAST_WATCHED_MS = 10_000;

const isStarved = ({ attempts, starved, watchedMs, stalledMs }: RunHealth): boolean =>
  starved > MOST_STARVED * attempts || (watchedMs >= LEAST_WATCHED_MS && stalledMs > MOST_STALLED * watchedMs);

export const healthy: ContextRule = {
  id: 'context/healthy',
  required: ({ analysis: { health } }) =>
    health.some(({ watched, starved }) => watched || starved > 0)
      ? 'in most runs the context leaves the probe the time and the means to hear its targets'
      : null,
  judge({ analysis: { health } }) {
    const starved = health.filter(isStarved).length;
    const lost = health.reduce((sum, run) => sum + run.starved, 0);
    const longestMs = Math.max(...health.map(({ longestStallMs }) => longestStallMs));
    const stalled = Math.max(...health.map(({ stalledMs, watchedMs }) => stalledMs / Math.max(1, watchedMs)));
    const steps = health.some(({ clockSteps }) => clockSteps > 0) ? '; the wall clock was set meanwhile' : '';
    return {
      verdict: 2 * starved > health.length ? 'inconclusive' : starved > 0 ? 'warn' : 'pass',
      observed:
        `${starved} of ${countOf(health.length, 'run')} ${verb(health.length, 'was', 'were')} starved, with ${countOf(lost, 'attempt')} in no rate for it; ` +
        `the process stood still for ${percentUp(stalled)} of a run at most, and for ${spanText(longestMs)} at the longest${steps}`,
      cause: starved > 0 ? 'local-starvation' : null,
    };
  },
};
