/** Signs that say nothing of the kind of compute. */
const NO_SIGN: readonly string[] = ['host', 'unknown'];

export const tellsKind = (kind: string): boolean => !NO_SIGN.includes(kind);
