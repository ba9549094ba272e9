import type { RunOfTarget } from '../model/analysis.ts';
import type { Policy, Scope } from '../model/policy.ts';

// What the hints have in common.

/** A hint sends people to look somewhere, and is looked for after every run: it is given at 1 % and not at 5. */
export const HINT_LEVEL = 0.01;

export type HintQuestion = { readonly policy: Policy; readonly ephemeral: boolean; readonly scope: Scope };

/** How likely what was seen is by chance, and what is the least likely that could have been seen with so many failures in so many tries. */
export type Chance = { readonly p: number; readonly attainable: number };

/** What a run counted after its first attempt. */
export type Later = {
  readonly made: number;
  readonly failed: number;
  readonly turns: number;
  readonly places: number;
};

export const laterOf = (run: RunOfTarget): Later => ({
  made: run.succeeded + run.failed - (run.firstScored ? 1 : 0),
  failed: run.failed - (run.firstFailed ? 1 : 0),
  turns: run.turns,
  places: run.laterPlaces,
});
