import { listText } from '../../judge/words.ts';
import { areDisjoint } from './either-way.ts';
import type { Difference, Pair, Side } from './side.ts';

// What attempts that worked have learnt, key by key, whatever the probe: only where no value is in common.

type Values = ReadonlyMap<string, readonly string[]>;

const NONE = 'none';
const GIVEN = 'given';

export function observedDifferences(pair: Pair): readonly Difference[] {
  const [one, two] = [valuesIn(pair.baseline), valuesIn(pair.other)];
  const told = new Set<string>();
  return [...one.keys()].sort(issuersFirst).flatMap((path) => {
    const [ofBaseline, ofOther] = [one.get(path) ?? [], two.get(path) ?? []];
    const certificate = certificateOf(path, one);
    if (!areDisjoint(ofBaseline, ofOther) || told.has(certificate ?? path)) return [];
    if (isOfOneRun(ofBaseline, pair.baseline) || isOfOneRun(ofOther, pair.other)) return [];
    told.add(certificate ?? path);
    return [differenceAt(path, { pair, values: [listText(ofBaseline), listText(ofOther)] })];
  });
}

/** Another issuer says more than the name, the end and the fingerprint that come with it. */
const issuersFirst = (one: string, other: string): number =>
  Number(lastOf(other) === 'issuer') - Number(lastOf(one) === 'issuer');

const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')));

/** The certificate that a key is of: what is beside an issuer. */
const certificateOf = (path: string, values: Values): string | null =>
  path.includes('.') && values.has(`${parentOf(path)}.issuer`) ? parentOf(path) : null;

/** Every key of the observations with its values, as text. An object is there or is not, beside what it holds. */
function valuesIn({ target }: Side): Values {
  const values = new Map<string, string[]>();
  const add = (path: string, text: string) => {
    const known = values.get(path) ?? [];
    if (!known.includes(text)) values.set(path, [...known, text]);
  };
  const walk = (path: string, value: unknown): void => {
    if (value === undefined) return;
    if (path !== '') add(path, textOf(value));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, inner] of Object.entries(value)) walk(path === '' ? key : `${path}.${key}`, inner);
  };
  for (const { value } of target.observations) walk('', value);
  return values;
}

function textOf(value: unknown): string {
  if (value === null) return NONE;
  if (Array.isArray(value)) return value.length === 0 ? NONE : JSON.stringify(value);
  return typeof value === 'object' ? GIVEN : String(value);
}

/** A run may observe what is its own, such as the digest of what it wrote: that differs from run to run as well. */
const isOfOneRun = (values: readonly string[], { target }: Side): boolean =>
  values.every((value) => value.startsWith('sha256:')) || (values.length > 1 && values.length >= target.runs.length);

type Told = { readonly pair: Pair; readonly values: readonly [string, string] };

/** Whose token it is, or whose login. */
const IDENTITY: ReadonlySet<string> = new Set([
  'iss',
  'azp',
  'aud',
  'sub',
  'appid',
  'identity',
  'principal',
  'source',
  'user',
]);

function differenceAt(path: string, { pair, values: [baseline, other] }: Told): Difference {
  const says = `${path} is ${baseline} in ${pair.baseline.context} and ${other} in ${pair.other.context}`;
  const key = lastOf(path);
  if (key === 'issuer') return { kind: 'certificate-issuer', baseline, other, says: `${says}${issuerMeans(path)}` };
  if (key === 'certificateVerified') return { kind: 'trust', baseline, other, says };
  if (key === 'sessionLifetimeMs') return { kind: 'token-life', baseline, other, says };
  if (!IDENTITY.has(key)) return { kind: 'observation', baseline, other, says };
  const isAbsent = baseline === NONE || other === NONE;
  const absent = `: absent in ${(baseline === NONE ? pair.baseline : pair.other).context}`;
  return { kind: 'identity', baseline, other, says: `${says}${isAbsent ? absent : ''}` };
}

const issuerMeans = (path: string): string =>
  parentOf(path) === 'clientCertificate'
    ? ': another client certificate is shown'
    : ': TLS is inspected on one of the ways, or another server answers';
