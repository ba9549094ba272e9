import type { Hint } from '../analyze/hints.ts';
import type { Counted } from '../analyze/wilson.ts';
import { countOf, dateText } from './words.ts';

// What a hint was made from, as a sentence: every chance with its test, the number that it comes from, and over how many hints it was adjusted.

export function saidOfHint(hint: Hint): string {
  switch (hint.kind) {
    case 'resolved':
      return placeText(hint, { which: 'had', met: 'at it', other: 'at any other' });
    case 'peers':
      return placeText(hint, { which: 'had to do with', met: 'at it', other: 'at any other' });
    case 'egress':
      return placeText(hint, { which: 'left from', met: '', other: 'of those that left from any other' });
    case 'run':
      return (
        `${failedText(hint.here)} of the run that began ${dateText(hint.startedAt)} UTC failed, and ${ofText(hint.elsewhere)} of all others; ` +
        `${hint.bad.count} of ${countOf(hint.bad.of, 'run')} met a failure. ` +
        tested(hint, FISHER, attempts(hint.here.of + hint.elsewhere.of))
      );
    case 'first':
      return (
        `The first attempt failed in ${hint.first.count} of ${countOf(hint.first.of, 'run')}, and ${failedText(hint.later)} after it. ` +
        tested(hint, 'Exact test within each run', countOf(hint.first.of, 'run'))
      );
    case 'half': {
      const runs = hint.early + hint.late;
      return (
        `Of ${countOf(runs, 'independent run')} with failures after the first attempt, these lie early in ${hint.early} and late in ${hint.late}. ` +
        tested(hint, 'Sign test', countOf(runs, 'run'))
      );
    }
    case 'spacing':
      return (
        `Of ${countOf(hint.gaps.of, 'failure')} that followed another one of the same run, ${hint.gaps.count} came ${hint.every} attempts after it, ` +
        `give or take a tenth. ${tested(hint, 'Binomial test', countOf(hint.gaps.of, 'failure'))}`
      );
    case 'bursts':
      return (
        `Where a run had both, ${failedText(hint.attempts)} after its first failed, in ${countOf(hint.stretches, 'stretch').replace('stretchs', 'stretches')} ` +
        `of one outcome, and at most ${hint.longest} one after another. ` +
        tested(hint, 'Runs test of Wald and Wolfowitz', attempts(hint.attempts.of))
      );
    default:
      return hint satisfies never;
  }
}

const FISHER = 'Fisher’s exact test';

type PlaceWords = { readonly which: string; readonly met: string; readonly other: string };

function placeText(hint: Extract<Hint, { unit: unknown }>, { which, met, other }: PlaceWords): string {
  const { value, here, elsewhere, unit } = hint;
  const all = here.of + elsewhere.of;
  const [noun, failed] = unit === 'run' ? ['independent run', 'met a failure'] : ['attempt', 'failed'];
  const there = met === '' ? failed : `${failed} ${met}`;
  return (
    `${here.count} of ${countOf(here.of, noun)} that ${which} ${value} ${there}, and ${ofText(elsewhere)} ${other}. ` +
    tested(hint, FISHER, unit === 'run' ? countOf(all, 'run') : attempts(all))
  );
}

const ofText = ({ count, of }: Counted): string => `${count} of ${of}`;
const failedText = ({ count, of }: Counted): string => `${count} of ${countOf(of, 'attempt')}`;
const attempts = (count: number): string => countOf(count, 'attempt');

const tested = ({ adjusted, among }: Hint, test: string, from: string): string =>
  `${test} over ${from}: p ${chanceText(adjusted)} after Holm over ${countOf(among, 'hint')}.`;

/** Rounded up, as a bound is. */
function chanceText(p: number): string {
  if (p < 0.0001) return 'below 0.0001';
  const digits = 10 ** (1 - Math.floor(Math.log10(p)));
  return `= ${Number((Math.ceil(p * digits - 1e-9) / digits).toPrecision(2))}`;
}
