import { addressesOfBlocks } from '../../analyze/new-addresses.ts';
import { upperBound } from '../../analyze/rule.ts';
import { CAUSES } from '../../model/causes.ts';
import type { Rule, RuleInput, RuleOutcome } from '../../model/probe.ts';
import { isWithin, parseAddress, parseRange } from '../addresses.ts';
import { countOf, listText, percentUp, periodOf } from '../words.ts';

/** One address outside the allowlist is a blocker, without statistics. That none was seen outside is no list of the pool. */
export const egressWithinAllowed: Rule<unknown, unknown> = {
  id: 'egress/observed-within-allowed',
  needs: ['egress'],
  required({ requirement: { firewallAllows, path } }) {
    if (firewallAllows === null || path === 'private') return null;
    return `every address that the target sees us come from is in firewallAllows (${listText(firewallAllows)})`;
  },
  judge(input) {
    const ranges = (input.requirement.firewallAllows ?? []).map(parseRange).filter((range) => range !== null);
    const { egress, egressOverflowed } = input.analysis;
    const addresses = egress.map((seen) => ({ ...seen, address: parseAddress(seen.value) }));
    const unreadable = addresses.filter(({ address }) => address === null);
    const outside = addresses.filter(({ address }) => address !== null && !isWithin(address, ranges));
    if (outside.length > 0) return blocker(outside, input);
    if (unreadable.length > 0) {
      const observed = `not comparable with the list: ${listText(unreadable.map(({ value }) => value))}`;
      return { verdict: 'inconclusive', observed, cause: 'egress-not-seen' };
    }
    if (egressOverflowed) {
      const observed = `none of the first ${egress.length} addresses is outside; there were more than are kept`;
      return { verdict: 'inconclusive', observed, cause: 'egress-not-seen' };
    }
    return { verdict: 'pass', observed: `${within(input)}${bound(input)}`, cause: null };
  },
};

function blocker(
  outside: readonly { readonly value: string; readonly runs: number }[],
  { analysis: { egress, runs: all } }: RuleInput<unknown, unknown>,
): RuleOutcome {
  const seen = outside.map(({ value, runs }) => `${value} (${runs} of ${countOf(all.length, 'run')})`);
  return {
    verdict: 'fail',
    observed: `${outside.length} of ${addressesText(egress.length)} outside the list: ${listText(seen)}`,
    cause: 'egress-not-allowed',
    action: `${CAUSES['egress-not-allowed'].action} Outside: ${outside.map(({ value }) => value).join(', ')}.`,
  };
}

const within = ({ analysis: { egress } }: RuleInput<unknown, unknown>): string =>
  `${addressesText(egress.length)}, none outside the list`;

/** A list that was named before the runs is left in none of them, so far. */
function bound({ analysis, policy, context: { ephemeral }, scope }: RuleInput<unknown, unknown>): string {
  if (scope === 'run') return ' in this run';
  const seen = addressesOfBlocks(analysis, { policy, ephemeral }).length;
  const clean = Array.from({ length: seen }, () => ({ score: 0, raises: true }));
  return (
    ` in any of ${countOf(seen, 'independent run')}${periodText(analysis.runs)}: ` +
    `with 95 % confidence, checked at every run, fewer than ${percentUp(upperBound(clean))} of runs leave it`
  );
}

function periodText(runs: RuleInput<unknown, unknown>['analysis']['runs']): string {
  const period = periodOf(runs);
  return period === null ? '' : ` (${period})`;
}

const addressesText = (count: number): string => `${count} ${count === 1 ? 'address' : 'addresses'}`;
