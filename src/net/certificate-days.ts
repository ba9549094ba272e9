import { z } from 'zod';
import type { Seen } from '../model/analysis.ts';
import type { Cause } from '../model/causes.ts';
import type { Rule, RuleInput } from '../model/probe.ts';
import type { CertificateFacts } from './certificate.ts';

/** Where nobody has said how much must be left, less than this is a warning. */
const DAYS_TO_WARN = 14;
const DAY_MS = 86_400_000;

/** How many days of a certificate must be left; part of a probe's `expect`. */
export const certificateDays = () => z.int().nonnegative().optional();
type Expect = { readonly certificateDays?: number | undefined };

/** A rule over the certificates that the latest run saw: what an earlier one saw may have been renewed since. */
export function certificateDaysRule<E extends Expect, O>(about: {
  readonly id: string;
  readonly ended: Cause;
  readonly pick: (observation: O) => CertificateFacts | null;
}): Rule<E, O> {
  const seenIn = (input: RuleInput<E, O>) => latest(input).flatMap(({ value }) => about.pick(value) ?? []);
  return {
    id: about.id,
    needs: ['observations'],
    required(input) {
      const isShown = seenIn(input).length > 0;
      const mayYetBeShown = input.expect.certificateDays !== undefined && input.analysis.observations.length === 0;
      if (!isShown && !mayYetBeShown) return null;
      return `at least ${input.expect.certificateDays ?? DAYS_TO_WARN} days of the certificate left`;
    },
    judge(input) {
      const [first, ...others] = seenIn(input).sort((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter));
      if (first === undefined)
        return { verdict: 'inconclusive', observed: 'no certificate', cause: 'nothing-observed' };
      const leftDays = Math.floor((Date.parse(first.notAfter) - Date.parse(input.judgedAt)) / DAY_MS);
      const more = others.length === 0 ? '' : `, the first of ${others.length + 1} to end`;
      const on = first.notAfter.slice(0, 10);
      if (leftDays < 0)
        return { verdict: 'fail', observed: `ended on ${on} (${first.subject}${more})`, cause: about.ended };
      const observed = `ends on ${on}, ${leftDays} days from now (${first.subject}${more})`;
      if (leftDays >= (input.expect.certificateDays ?? DAYS_TO_WARN)) return { verdict: 'pass', observed, cause: null };
      const verdict = input.expect.certificateDays === undefined ? 'warn' : 'fail';
      return { verdict, observed, cause: 'certificate-ends-soon' };
    },
  };
}

function latest<E, O>({ analysis }: RuleInput<E, O>): readonly Seen<O>[] {
  const lastMs = Math.max(...analysis.observations.map(({ lastAt }) => Date.parse(lastAt)));
  const startsMs = analysis.runs.map(({ startedAt }) => Date.parse(startedAt)).filter((startMs) => startMs <= lastMs);
  const runMs = Math.max(...startsMs);
  return analysis.observations.filter(({ lastAt }) => Date.parse(lastAt) >= runMs);
}
