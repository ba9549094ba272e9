/** Why a statement does not answer yes. `refused`: it must not be relied on, or it says no; `undetermined`: it does not say. */
export type Objection = { readonly kind: 'refused' | 'undetermined'; readonly says: string };

export const refused = (says: string): Objection => ({ kind: 'refused', says });
export const undetermined = (says: string): Objection => ({ kind: 'undetermined', says });

const LISTED = 5;

/** The first few, and how many more. */
export const listed = (names: readonly string[]): string =>
  names.length <= LISTED ? names.join(', ') : `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`;
