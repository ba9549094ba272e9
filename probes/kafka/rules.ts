import type { HoldAnalysis } from '../../src/model/analysis.ts';
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

const LOST: readonly HoldAnalysis['outcome'][] = ['closed', 'reset', 'silent'];

const keepsMembership: Rule<Expect, Observation> = {
  id: 'kafka/keeps-membership',
  needs: [],
  required: ({ expect }) =>
    expect.keepsMembership === null ? null : `a member stays in its group for ${expect.keepsMembership / 1_000} s`,
  judge({ expect, analysis }) {
    const wantedMs = expect.keepsMembership ?? 0;
    const kept = analysis.holds.filter(({ kind }) => kind === 'membership');
    const lost = countOf(kept.filter((hold) => LOST.includes(hold.outcome) && wasLostWithin(wantedMs, hold)));
    const stayed = countOf(kept.filter(({ outcome, plannedMs }) => outcome === 'alive' && plannedMs >= wantedMs));
    const observed = `${stayed} of ${stayed + lost} members stayed so long`;
    if (lost > 0) return { verdict: 'fail', observed, cause: 'group-unstable' };
    if (stayed > 0) return { verdict: 'pass', observed, cause: null };
    return { verdict: 'inconclusive', observed: 'no member was kept so long', cause: 'nothing-observed' };
  },
};

const countOf = (holds: readonly HoldAnalysis[]): number => holds.reduce((sum, { count }) => sum + count, 0);

/** A longer hold informs only, unless it was seen to end before. */
const wasLostWithin = (wantedMs: number, { plannedMs, afterMs }: HoldAnalysis): boolean =>
  plannedMs <= wantedMs || afterMs <= wantedMs;

export const rules: readonly Rule<Expect, Observation>[] = [deletesItsGroup, keepsMembership];
