import { JaasError, parseJaas, simpleName } from '../../formats/jaas.ts';
import { copied, type Entry, entryIn, missing, secret, type Unmapped, unmapped } from './draft.ts';
import { hasPlaceholder, isTemplate } from './placeholders.ts';

export type Login = {
  readonly entries: readonly Entry[];
  readonly remarks: readonly string[];
  readonly unmapped: readonly Unmapped[];
};

/** What the probe speaks. */
const MODULES: Readonly<Record<string, string>> = {
  PLAIN: 'PlainLoginModule',
  'SCRAM-SHA-256': 'ScramLoginModule',
  'SCRAM-SHA-512': 'ScramLoginModule',
};

const KEY = 'sasl.jaas.config';
const NO_LOGIN: Login = { entries: [], remarks: [], unmapped: [] };

/** The account of `sasl.jaas.config`: the user is seen, the password is a reference. */
export function loginOf(properties: ReadonlyMap<string, string>): Login {
  const jaas = properties.get(KEY);
  const protocol = properties.get('security.protocol') ?? '';
  const mechanism = properties.get('sasl.mechanism') ?? 'GSSAPI';
  if ([protocol, mechanism].some((each) => hasPlaceholder(each) || isTemplate(each)))
    return jaas === undefined ? NO_LOGIN : whole(jaas);
  if (!/^\s*SASL_/i.test(protocol))
    return {
      ...NO_LOGIN,
      unmapped: unmapped(jaas === undefined ? [] : [KEY], 'no login without security.protocol SASL_…'),
    };
  const module = Object.hasOwn(MODULES, mechanism) ? MODULES[mechanism] : undefined;
  if (module === undefined)
    return {
      ...NO_LOGIN,
      remarks: [
        'this login is not spoken by the probe: what comes before it is tried, the login itself stays inconclusive',
      ],
      unmapped: unmapped(jaas === undefined ? [] : [KEY], 'the probe does not speak this mechanism'),
    };
  return jaas === undefined ? whole(null) : accountOf(jaas, module);
}

function accountOf(jaas: string, module: string): Login {
  const read = entryOf(jaas);
  const { username, password, ...others } = read?.options ?? {};
  const isPlain = read !== null && simpleName(read) === module && username !== undefined && password !== undefined;
  // in quotes they would need a backslash, which nobody writes into a variable
  if (!isPlain || /["\\\n]/.test(username + password)) return whole(jaas);
  const { loginModule } = read;
  return {
    entries: [
      entryIn(
        'properties',
        KEY,
        `${loginModule} required username="`,
        copied('USERNAME', username),
        '" password="',
        secret('PASSWORD', password),
        '";',
      ),
    ],
    remarks: [],
    unmapped: unmapped(
      Object.keys(others).length === 0 ? [] : ['other options of the login module'],
      'the probe logs in by user name and password',
    ),
  };
}

const whole = (jaas: string | null): Login => ({
  entries: [entryIn('properties', KEY, jaas === null ? missing('JAAS') : secret('JAAS', jaas))],
  remarks: [`${KEY} is one reference: give its whole text, from the login module to the semicolon`],
  unmapped: [],
});

function entryOf(jaas: string) {
  try {
    return parseJaas(jaas);
  } catch (error) {
    if (error instanceof JaasError) return null;
    throw error;
  }
}
