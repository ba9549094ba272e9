// The value of sasl.jaas.config: `<LoginModule> <flag> name="value" … ;`, as Kafka's JaasConfig reads it with java.io.StreamTokenizer.

export type JaasEntry = {
  /** The full class name, as written. */
  readonly loginModule: string;
  readonly options: Readonly<Record<string, string>>;
};

export class JaasError extends Error {
  override readonly name = 'JaasError';
}

/** LoginModuleControlFlag, which Java compares without regard to case. */
const FLAGS: readonly string[] = ['required', 'requisite', 'sufficient', 'optional'];

/** The one entry of the text. Messages name keys and never values, which may be passwords. */
export function parseJaas(text: string): JaasEntry {
  const tokens = tokenize(text);
  const [loginModule, flag] = tokens;
  if (loginModule?.kind !== 'word') throw new JaasError('it does not begin with the class of a login module');
  if (flag?.kind !== 'word' || !FLAGS.includes(flag.text.toLowerCase()))
    throw new JaasError(`${loginModule.text} is not followed by one of ${FLAGS.join(', ')}`);
  const options: Record<string, string> = {};
  let at = 2;
  while (tokens[at] !== undefined && tokens[at]?.kind !== 'end') {
    const [key, equals, value] = tokens.slice(at, at + 3);
    if (key?.kind !== 'word' && key?.kind !== 'quoted') throw new JaasError('a name is missing before "="');
    if (equals?.kind !== 'equals' || (value?.kind !== 'word' && value?.kind !== 'quoted'))
      throw new JaasError(`"${key.text}" has no value; write ${key.text}="…"`);
    // StreamTokenizer takes it for a number, and JaasConfig for no value at all.
    if (value.kind === 'word' && /^[\d.-]/.test(value.text))
      throw new JaasError(`the value of "${key.text}" begins like a number; write ${key.text}="…"`);
    options[key.text] = value.text;
    at += 3;
  }
  if (tokens[at]?.kind !== 'end') throw new JaasError('it does not end with a semicolon');
  if (tokens.length > at + 1) throw new JaasError('more than one login module; a client takes one');
  return { loginModule: loginModule.text, options };
}

/** The simple class name: `kafkashaded.org.apache.kafka.….PlainLoginModule` is the same module in a vendor's package. */
export const simpleName = ({ loginModule }: JaasEntry): string => loginModule.slice(loginModule.lastIndexOf('.') + 1);

type Token = { readonly kind: 'word' | 'quoted' | 'equals' | 'end'; readonly text: string };

const TOKEN =
  /\s+|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|(?<word>[\p{L}\p{N}._$-]+)|"(?<double>(?:\\.|[^"\\\r\n])*)"|'(?<single>(?:\\.|[^'\\\r\n])*)'|(?<equals>=)|(?<end>;)/uy;

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null)
      throw new JaasError(`it cannot be read from character ${from + 1} on: quote the value before it`);
    const { word, double, single, equals, end } = found.groups ?? {};
    const quoted = double ?? single;
    if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: unescaped(quoted) });
    else if (equals !== undefined) tokens.push({ kind: 'equals', text: equals });
    else if (end !== undefined) tokens.push({ kind: 'end', text: end });
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', b: '\b', a: '\u0007', v: '\v' };

/** StreamTokenizer's escapes: the C ones, and up to three octal digits of which the first is at most 3. */
function unescaped(text: string): string {
  return text.replace(/\\([0-3][0-7]{0,2}|[4-7][0-7]?|.)/gs, (_, escaped: string) =>
    /^[0-7]/.test(escaped) ? String.fromCharCode(Number.parseInt(escaped, 8)) : (ESCAPES[escaped] ?? escaped),
  );
}
