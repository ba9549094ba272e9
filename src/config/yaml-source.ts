import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { type Issue, issue, type Path } from './issues.ts';

/** The document as plain data, with the line of every place in it. */
export type YamlSource = {
  readonly value: unknown;
  readonly problems: readonly Issue[];
  /** The text is no YAML: nothing more can be said of its content. */
  readonly damaged: boolean;
  /** From 1; of a place that is not there, the line of the nearest one around it. */
  lineOf(at: Path): number;
};

export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, stringKeys: true });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  // What follows the first error of syntax is mostly its echo.
  const damage = document.errors.find((error) => error.code !== 'DUPLICATE_KEY');
  const found = damage === undefined ? [...document.errors, ...document.warnings] : [damage];
  const problems = found.map((error) => ({ ...issue([], problemText(error, text)), line: lineAt(error.pos[0]) }));
  const read = damage === undefined ? plainData(document, lineAt) : { value: undefined, problems: [] };
  return {
    value: read.value,
    problems: [...problems, ...read.problems],
    damaged: damage !== undefined || read.problems.length > 0,
    lineOf: (at) => lineAt(offsetOf(document, at)),
  };
}

type Plain = { readonly value: unknown; readonly problems: readonly Issue[] };

function plainData(document: Document.Parsed, lineAt: (offset: number) => number): Plain {
  const dangling: Issue[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined)
        dangling.push({ ...issue([], PROBLEMS.BAD_ALIAS), line: lineAt(startOf(alias)) });
    },
  });
  if (dangling.length > 0) return { value: undefined, problems: dangling };
  try {
    return { value: document.toJS({ maxAliasCount: 100 }), problems: [] };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { value: undefined, problems: [issue([], 'the aliases in this file expand to too much')] };
  }
}

function offsetOf(document: Document.Parsed, at: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const part of at) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = pairOf(node, String(part), document);
      if (pair === undefined) break;
      offset = startOf(pair.key);
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      if (part >= node.items.length) break;
      node = node.items[part];
      offset = startOf(node);
    } else break;
  }
  return offset;
}

const startOf = (node: unknown): number => {
  if (node === null || typeof node !== 'object' || !('range' in node)) return 0;
  return Array.isArray(node.range) && typeof node.range[0] === 'number' ? node.range[0] : 0;
};

/** The pair of a key, also where a merge key (`<<`) brought it in. */
function pairOf(map: YAMLMap, key: string, document: Document.Parsed) {
  const named = (name: string) => map.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
  const own = named(key);
  if (own !== undefined) return own;
  const merged: unknown = named('<<')?.value;
  for (const source of isSeq(merged) ? merged.items : [merged]) {
    const target = isAlias(source) ? source.resolve(document) : source;
    const pair = isMap(target) ? target.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    if (isPair(pair)) return pair;
  }
  return undefined;
}

/** Our own texts: the library's quote what stands there, which may be a password that begins with `*` or `|`. */
const PROBLEMS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias carries no anchor and no tag of its own',
  BAD_ALIAS: 'no anchor with this name stands before this alias; put text that begins with * in quotes',
  BAD_DIRECTIVE: 'not a YAML directive; put text that begins with % in quotes',
  BAD_DQ_ESCAPE: 'not an escape that double quotes know; use single quotes for a plain backslash',
  BAD_INDENT: 'the indentation does not fit what stands around it',
  BAD_PROP_ORDER: 'anchors and tags stand before their value, on its line',
  BAD_SCALAR_START: 'a plain value cannot begin with this sign; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping begins on a line of its own',
  BLOCK_IN_FLOW: 'a block cannot stand within { } or [ ]',
  DUPLICATE_KEY: 'this key is given twice',
  IMPOSSIBLE: 'this is not YAML',
  KEY_OVER_1024_CHARS: 'this key is too long; is a colon missing?',
  MISSING_CHAR: 'a sign is missing here: a closing quote or bracket, a comma, or a colon with a space after it',
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value has one anchor at most',
  MULTIPLE_DOCS: 'one document is expected, and here a second begins',
  MULTIPLE_TAGS: 'a value has one tag at most',
  NON_STRING_KEY: 'a key is plain text',
  RESOURCE_EXHAUSTION: 'this file is nested too deeply',
  TAB_AS_INDENT: 'indent with spaces, not with tabs',
  TAG_RESOLVE_FAILED: 'unknown tag; put text that begins with ! in quotes',
  UNEXPECTED_TOKEN: 'this does not belong here; put text with special signs in quotes',
  BAD_COLLECTION_TYPE: 'this tag does not fit the kind of its value',
};

function problemText(error: YAMLError, text: string): string {
  if (error.code !== 'DUPLICATE_KEY') return PROBLEMS[error.code];
  const key = /^[\w.-]+/.exec(text.slice(error.pos[0]))?.[0];
  return key === undefined ? PROBLEMS.DUPLICATE_KEY : `the key ${JSON.stringify(key)} is given twice`;
}
