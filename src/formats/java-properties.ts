// The grammar of java.util.Properties.load (Java SE API documentation): what a Kafka client's .properties file is written in.

/** A place in the text that Java itself would refuse. */
export class PropertiesError extends Error {
  override readonly name = 'PropertiesError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** Keys and values in the order of their first mention; of a key that is written twice the last value counts. */
export function parseJavaProperties(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const { line, content } of logicalLines(text)) {
    const { key, value } = split(content);
    properties.set(unescaped(key, line), unescaped(value, line));
  }
  return properties;
}

type LogicalLine = { readonly line: number; readonly content: string };

/** Joins continued lines. Blank ones and comments are dropped, but a continuation is content even where it begins with `#`. */
function* logicalLines(text: string): Generator<LogicalLine> {
  let open: { readonly line: number; content: string } | null = null;
  for (const [index, natural] of text.split(/\r\n|\r|\n/).entries()) {
    const content = natural.replace(/^[ \t\f]+/, '');
    if (open === null && (content === '' || content.startsWith('#') || content.startsWith('!'))) continue;
    open ??= { line: index + 1, content: '' };
    // an even number of backslashes at the end stands for themselves
    const isContinued = (/\\*$/.exec(content)?.[0].length ?? 0) % 2 === 1;
    open.content += isContinued ? content.slice(0, -1) : content;
    if (isContinued) continue;
    yield open;
    open = null;
  }
  if (open !== null) yield open;
}

/** The key ends at the first `=`, `:` or white space that no backslash escapes; one separator and the space around it go. */
function split(content: string): { readonly key: string; readonly value: string } {
  const [key = ''] = /^(?:\\.|[^\\=: \t\f])*/s.exec(content) ?? [];
  const value = content.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
  return { key, value };
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescaped(text: string, line: number): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.|$)/gs, (_, escaped: string) => {
    if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    if (escaped === 'u') throw new PropertiesError(line, 'malformed \\uxxxx encoding');
    return ESCAPES[escaped] ?? escaped;
  });
}
