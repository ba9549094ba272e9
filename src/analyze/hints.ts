import type { TargetAnalysis } from '../model/analysis.ts';
import { HINT_LEVEL, type HintQuestion } from './hint.ts';
import { type BurstHint, burstHint, type FirstHint, firstHint, type HalfHint, halfHint } from './hint-order.ts';
import { type PlaceHint, placeHint } from './hint-places.ts';
import { type RunHint, runHint } from './hint-runs.ts';
import { type SpacingHint, spacingHint } from './hint-spacing.ts';
import { holm } from './holm.ts';

// Where failures gather. None of it is a verdict: each is a test whose chance is stated with what it was made from, and all of a target are
// looked at together. What could not have stood out, whatever had failed, is not looked at.

export type HintFacts = PlaceHint | RunHint | FirstHint | HalfHint | SpacingHint | BurstHint;

export type Hint = HintFacts & {
  /** After Holm, over the hints of this target. */
  readonly adjusted: number;
  /** How many they are. */
  readonly among: number;
};

/** Fewer failures gather anywhere by chance. */
const LEAST_FAILURES = 5;

export function hintsOf(analysis: TargetAnalysis<unknown>, question: HintQuestion): readonly Hint[] {
  const { runs } = analysis;
  if (runs.reduce((sum, { failed }) => sum + failed, 0) < LEAST_FAILURES) return [];
  const found: readonly (HintFacts | null)[] = [
    placeHint('resolved', analysis, question),
    placeHint('egress', analysis, question),
    placeHint('peers', analysis, question),
    runHint(runs),
    firstHint(runs),
    halfHint(runs, question),
    spacingHint(runs, analysis.failureGaps),
    burstHint(runs),
  ];
  const looked = found.filter((facts) => facts !== null).filter(({ attainable }) => attainable <= HINT_LEVEL);
  const adjusted = holm(looked.map(({ p }) => p));
  return looked.map((facts, index) => ({ ...facts, adjusted: adjusted[index] ?? 1, among: looked.length }));
}
