import type { Rule } from '../../src/model/probe.ts';
import { GROUP_PREFIX } from './acl.ts';
import type { Expect, Observation } from './probe.ts';

/** Joining worked; what stays behind is ours to clear away, and we were not let. */
const deletesItsGroup: Rule<Expect, Observation> = {
  id: 'kafka/deletes-its-group',
  needs: ['observations'],
  required({ analysis }) {
    const hasJoined = analysis.observations.some(({ value }) => value.group !== 'not-tried');
    return hasJoined ? `our own groups (${GROUP_PREFIX}…) are deleted after use` : null;
  },
  judge({ analysis }) {
    const left = analysis.observations.filter(({ value }) => value.group === 'left');
    const count = left.reduce((sum, { succeeded }) => sum + succeeded, 0);
    if (count === 0) return { verdict: 'pass', observed: 'every group was deleted', cause: null };
    return {
      verdict: 'inconclusive',
      observed: `${count} groups were joined and left, and not deleted: they expire after offsets.retention.minutes`,
      cause: 'probe-not-authorized',
      action: `Grant Delete on them: kafka-acls.sh --add --allow-principal User:… --operation Delete --group ${GROUP_PREFIX} --resource-pattern-type prefixed`,
    };
  },
};

const keepsMembership: Rule<Expect, Observation> = {
  id: 'kafka/keeps-membership',
  needs: [],
  required: ({ expect }) =>
    expect.keepsMembership === null ? null : `a member stays in its group for ${expect.keepsMembership / 1_000} s`,
  judge({ expect, analysis }) {
    const longEnough = analysis.holds.filter(
      ({ kind, plannedMs, outcome }) =>
        kind === 'membership' && plannedMs >= (expect.keepsMembership ?? 0) && outcome !== 'interrupted',
    );
    const count = (of: typeof longEnough) => of.reduce((sum, hold) => sum + hold.count, 0);
    const lost = longEnough.filter(({ outcome }) => outcome !== 'alive');
    if (longEnough.length === 0)
      return { verdict: 'inconclusive', observed: 'no member was kept so long', cause: 'nothing-observed' };
    const observed = `${count(longEnough) - count(lost)} of ${count(longEnough)} members stayed`;
    return lost.length === 0
      ? { verdict: 'pass', observed, cause: null }
      : { verdict: 'fail', observed, cause: 'group-unstable' };
  },
};

export const rules: readonly Rule<Expect, Observation>[] = [deletesItsGroup, keepsMembership];
