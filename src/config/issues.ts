/** Where in the document: keys, and indexes of lists. */
export type Path = readonly (string | number)[];

/** One mistake. No text in it ever carries a value that came out of a reference or is marked as a secret. */
export type Issue = {
  readonly at: Path;
  readonly expectation: string;
  /** The known name that comes nearest to an unknown one. */
  readonly nearest: string | null;
  /** Where the place in the document alone cannot tell it: syntax errors. */
  readonly line: number | null;
};

export const issue = (at: Path, expectation: string, nearest: string | null = null): Issue => ({
  at,
  expectation,
  nearest,
  line: null,
});

/** `targets.claims-db.firewallAllows[1]`; a key with other signs is quoted. */
export function pathText(at: Path): string {
  return at.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** As an index: two paths are the same place when their keys are. */
export const pathKey = (at: Path): string => JSON.stringify(at);

export const startsWith = (at: Path, ancestor: Path): boolean =>
  ancestor.length <= at.length && ancestor.every((part, index) => part === at[index]);

type Place = { readonly file: string; lineOf(at: Path): number };

/** One message a mistake, in the order of the document: file, line, path, expectation, and the nearest name below. */
export function issueLines(issues: readonly Issue[], place: Place): string[] {
  const lines = issues
    .map((each) => ({ line: each.line ?? place.lineOf(each.at), text: issueText(each) }))
    .sort((a, b) => a.line - b.line)
    .map(({ line, text }) => `${place.file}:${line}: ${text}`);
  return [...new Set(lines)];
}

function issueText({ at, expectation, nearest }: Issue): string {
  const place = at.length === 0 ? expectation : `${pathText(at)}: ${expectation}`;
  return nearest === null ? place : `${place}\n  did you mean ${JSON.stringify(nearest)}?`;
}
