import type { Vantage } from '../../model/records.ts';

// What one source says, before it is known how the targets and the variables will be named.

/** Something of the source within a setting. */
export type Part = {
  /** Names the variable, where the value stays outside of the configuration: PASSWORD. */
  readonly role: string;
  /** Null where the source does not say. */
  readonly value: string | null;
  readonly isSecret: boolean;
};

export const copied = (role: string, value: string): Part => ({ role, value, isSecret: false });
export const secret = (role: string, value: string): Part => ({ role, value, isSecret: true });
export const missing = (role: string): Part => ({ role, value: null, isSecret: false });

/** Plain strings are our own words. */
export type Text = readonly (string | Part)[];

export type Entry = { readonly at: readonly string[]; readonly value: Text | number | boolean };

export const entry = (at: string, ...value: Text): Entry => ({ at: [at], value });
export const entryIn = (section: string, at: string, ...value: Text): Entry => ({ at: [section, at], value });

/** What is left out, by name alone, and why. */
export type Unmapped = { readonly names: readonly string[]; readonly reason: string };

export const unmapped = (names: readonly string[], reason: string): readonly Unmapped[] =>
  names.length === 0 ? [] : [{ names, reason }];

export type TargetDraft = {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** What to look at or to decide. Own words, never a value. */
  readonly remarks: readonly string[];
  readonly unmapped: readonly Unmapped[];
  /** Another target of the same source, whose variables are also its own: one account for several topics. */
  readonly sharesWith?: TargetDraft;
};

export type WorkloadDraft = {
  /** Null for the reader of what it uses. */
  readonly name: string | null;
  /** All that it uses; null where that is not known, and `seen` is what was found. */
  readonly uses: readonly TargetDraft[] | null;
  readonly seen: readonly TargetDraft[];
  readonly connectsFrom: Vantage | null;
  readonly connectionsPerRun: number | null;
  readonly remarks: readonly string[];
  /** Whatever is not known is written as TODO, which `probe check` refuses. */
  readonly toDo?: { readonly needs: readonly string[]; readonly runsPerMonth: number | null };
};

export type ContextDraft = { readonly name: string; readonly remarks: readonly string[] };

export type Draft = {
  readonly targets: readonly TargetDraft[];
  readonly workloads: readonly WorkloadDraft[];
  readonly contexts: readonly ContextDraft[];
  readonly unmapped: readonly Unmapped[];
};

export const NOTHING: Draft = { targets: [], workloads: [], contexts: [], unmapped: [] };

export const together = (drafts: readonly Draft[]): Draft => ({
  targets: drafts.flatMap(({ targets }) => targets),
  workloads: drafts.flatMap(({ workloads }) => workloads),
  contexts: drafts.flatMap(({ contexts }) => contexts),
  unmapped: drafts.flatMap((draft) => draft.unmapped),
});

/** A key may be a piece of a secret that spilled over, from a value without its quotes. */
export const nameable = (name: string): string => (/^[A-Za-z][\w.-]{1,60}$/.test(name) ? name : '(unreadable name)');
