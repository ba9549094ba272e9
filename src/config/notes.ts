import type { Issue, Path } from './issues.ts';
import type { Lookup } from './references.ts';

/** What loading finds out on its way, beside the configuration itself. */
export type Notes = {
  readonly issues: Issue[];
  readonly warnings: Issue[];
  readonly secrets: SecretNote[];
};

export type SecretNote = { readonly value: string; readonly source: string; readonly at: Path };

/**
 * `resolve`: every reference must resolve. `offline`: one that does not is a warning, and its target stays unbound. `ignore`:
 * settings are taken as written, for judging saved evidence, where neither secrets nor files need to be.
 */
export type References = 'resolve' | 'offline' | 'ignore';

export type Surroundings = { readonly lookup: Lookup; readonly references: References; readonly notes: Notes };
