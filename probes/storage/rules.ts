import type { Rule, RuleInput } from '../../src/model/probe.ts';
import type { Expect, Observation } from './probe.ts';

type StorageRule = Rule<Expect, Observation>;
type Input = RuleInput<Expect, Observation>;

/** How many attempts observed such a thing. */
const counted = ({ analysis }: Input, which: (observation: Observation) => boolean): number =>
  analysis.observations.reduce((sum, { value, succeeded }) => sum + (which(value) ? succeeded : 0), 0);

/** Another run of the same context may take a canary that is not its own, once: never most of them. */
export const readBack: StorageRule = {
  id: 'storage/read-back',
  needs: ['observations'],
  required: () => 'what was written is read back and listed at once',
  judge(input) {
    const all = counted(input, () => true);
    const gone = counted(input, ({ back }) => back === 'gone');
    const unlisted = counted(input, ({ back, listed }) => back === 'same' && !listed);
    if (gone + unlisted === 0) return { verdict: 'pass', observed: `in ${all} of ${all} attempts`, cause: null };
    const parts = [
      ...(gone === 0 ? [] : [`gone in ${gone}`]),
      ...(unlisted === 0 ? [] : [`not listed in ${unlisted}`]),
    ];
    return {
      verdict: (gone + unlisted) * 2 > all ? 'fail' : 'warn',
      observed: `${parts.join(' and ')} of ${all} attempts`,
      cause: 'storage-canary-gone',
    };
  },
};

/** Whether each canary of another context is one that this context has read, `decide` tells by its digest. */
export const handoffWhole: StorageRule = {
  id: 'storage/handoff-whole',
  needs: ['observations'],
  required: ({ analysis }) =>
    analysis.observations.some(({ value }) => value.read.length + value.damaged > 0)
      ? 'canaries of other contexts arrive as they were written'
      : null,
  judge({ analysis }) {
    const read = analysis.observations.flatMap(({ value }) => value.read);
    // the same one is met again in every run
    const damaged = Math.max(0, ...analysis.observations.map(({ value }) => value.damaged));
    const contexts = [...new Set(read.map(({ context }) => context))].sort();
    const whole = `${new Set(read.map(({ digest }) => digest)).size} read whole`;
    const observed = contexts.length === 0 ? whole : `${whole}, of ${contexts.join(', ')}`;
    if (damaged === 0) return { verdict: 'pass', observed, cause: null };
    return { verdict: 'fail', observed: `${damaged} damaged, ${observed}`, cause: 'storage-canary-altered' };
  },
};

export const canariesDeleted: StorageRule = {
  id: 'storage/canaries-deleted',
  needs: ['observations'],
  required: ({ analysis }) =>
    analysis.observations.some(({ value }) => value.deletes !== null) ? 'canaries of earlier runs are deleted' : null,
  judge(input) {
    const tried = counted(input, ({ deletes }) => deletes !== null);
    const refused = counted(input, ({ deletes }) => deletes === false);
    if (refused === 0) return { verdict: 'pass', observed: `in ${tried} of ${tried} attempts`, cause: null };
    return { verdict: 'warn', observed: `refused in ${refused} of ${tried} attempts`, cause: 'storage-canaries-left' };
  },
};
