import { upperBound } from '../../analyze/rule.ts';
import { CAUSES } from '../../model/causes.ts';
import type { Rule, RuleInput, RuleOutcome } from '../../model/probe.ts';
import { isWithin, parseAddress, parseRange } from '../addresses.ts';
import { assessed } from '../assessed.ts';
import { countOf, listText, percentUp } from '../words.ts';

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
    if (outside.length > 0) return blocker(outside, egress.length);
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

function blocker(outside: readonly { readonly value: string; readonly runs: number }[], all: number): RuleOutcome {
  const seen = outside.map(({ value, runs }) => `${value} (${countOf(runs, 'run')})`);
  return {
    verdict: 'fail',
    observed: `${outside.length} of ${all} ${all === 1 ? 'address' : 'addresses'} outside the list: ${listText(seen)}`,
    cause: 'egress-not-allowed',
    action: `${CAUSES['egress-not-allowed'].action} Outside: ${outside.map(({ value }) => value).join(', ')}.`,
  };
}

const within = ({ analysis }: RuleInput<unknown, unknown>): string => {
  const { length } = analysis.egress;
  return `${length} ${length === 1 ? 'address' : 'addresses'} in ${countOf(analysis.runs.length, 'run')}, none outside the list`;
};

/** Runs in which some address was seen are at least those of the address that was seen in most. */
function bound(input: RuleInput<unknown, unknown>): string {
  if (input.scope === 'run') return '';
  const blocks = Math.min(assessed(input).blocks.length, Math.max(...input.analysis.egress.map(({ runs }) => runs)));
  const clean = Array.from({ length: blocks }, () => ({ score: 0, raises: true }));
  return `: fewer than ${percentUp(upperBound(clean))} of runs leave it (95 %, checked at every run)`;
}
