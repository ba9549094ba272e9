import { addressesOfBlocks, newAddresses } from '../../analyze/new-addresses.ts';
import { upperBound } from '../../analyze/rule.ts';
import type { Rule, RuleInput } from '../../model/probe.ts';
import { countOf, percentUp, periodOf } from '../words.ts';

const LEAST_RUNS = 2;

/** How likely the next run leaves from an address that no run has shown. It informs: sampling never lists a pool, nor shows that there is none. */
export const nextAddress: Rule<unknown, unknown> = {
  id: 'egress/next-address',
  needs: [],
  required: (input) =>
    input.scope === 'run' || input.analysis.egressOverflowed || seenIn(input).length < LEAST_RUNS
      ? null
      : 'it is known how likely the next run brings an address not seen so far',
  judge(input) {
    const found = newAddresses(seenIn(input));
    const { runs, addresses } = found;
    const period = periodOf(input.analysis.runs);
    const seen = `${countOf(runs, 'independent run')}${period === null ? '' : `, ${period}`}`;
    return { verdict: 'pass', observed: saidOf(found, { addresses, seen }), cause: null };
  },
};

const seenIn = ({ analysis, policy, context: { ephemeral } }: RuleInput<unknown, unknown>) =>
  addressesOfBlocks(analysis, { policy, ephemeral });

function saidOf(
  { runs, estimated, later, atMost }: ReturnType<typeof newAddresses>,
  { addresses, seen }: { readonly addresses: number; readonly seen: string },
): string {
  if (addresses === 1) {
    // It is the address that the first run showed: that one is no evidence for it.
    const clean = Array.from({ length: runs - 1 }, () => ({ score: 0, raises: true }));
    return `One address in all of ${seen}; with 95 % confidence, checked at every run, another in at most ${percentUp(upperBound(clean))} of runs.`;
  }
  if (addresses >= runs && estimated === 1) {
    return (
      `${addresses} addresses in all of ${seen}, and none of them twice: the pool is much larger than the sample. ` +
      'Sampling cannot list it; use the ranges that the provider publishes.'
    );
  }
  return (
    `${addresses} addresses in all of ${seen}. The next run brings an address not seen so far: estimated ${Math.round(estimated * 100)} %, ` +
    `at most ${percentUp(atMost)} of runs (95 % confidence, one-sided, for one look: ${later.count} of the last ${later.of} runs did).`
  );
}
