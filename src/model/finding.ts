import type { Cause, Owner } from './causes.ts';
import type { Verdict } from './verdict.ts';

/** One rule's outcome; `required` first, then what was observed. */
export type Finding = {
  readonly rule: string;
  readonly verdict: Verdict;
  readonly observed: string;
  readonly required: string;
  readonly cause: Cause | null;
  readonly owner: Owner | null;
  readonly action: string | null;
  readonly waiver: {
    readonly until: string;
    readonly approvedBy: string;
    readonly ticket: string;
    readonly reason: string;
  } | null;
};
