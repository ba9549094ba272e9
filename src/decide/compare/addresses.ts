import { parseAddress } from '../../judge/addresses.ts';
import { causesText, countOf, listText } from '../../judge/words.ts';
import type { Seen } from '../../model/analysis.ts';
import { causeText } from '../../model/causes.ts';
import { areDisjoint, eitherWay } from './either-way.ts';
import type { Difference, Pair, Side } from './side.ts';

// Where the name of a target leads, and where the target sees us come from.

export const addressDifferences = (pair: Pair): readonly Difference[] => [...resolvedOf(pair), ...egressOf(pair)];

const valuesOf = (seen: readonly Seen<string>[]): readonly string[] => seen.map(({ value }) => value);
const resolvedIn = ({ target }: Side): readonly string[] => valuesOf(target.resolved);
const egressIn = ({ target }: Side): readonly string[] => valuesOf(target.egress);

function resolvedOf(pair: Pair): readonly Difference[] {
  const { baseline, other } = pair;
  const told = [
    ...eitherWay(pair, 'resolved-address', unresolved),
    ...eitherWay(pair, 'resolved-address', privateOnly),
  ];
  if (told.length > 0) return told;
  const [one, two] = [resolvedIn(baseline), resolvedIn(other)];
  if (!areDisjoint(one, two)) return [];
  const says = `resolves to ${listText(one)} in ${baseline.context} and to ${listText(two)} in ${other.context}: none in common`;
  return [{ kind: 'resolved-address', baseline: listText(one), other: listText(two), says }];
}

function unresolved(here: Side, elsewhere: Side) {
  const lookups = here.target.failures.filter(({ cause }) => causeText(cause).class === 'name');
  const others = resolvedIn(elsewhere);
  if (lookups.length === 0 || resolvedIn(here).length > 0 || others.length === 0) return null;
  const said = causesText(lookups);
  return {
    here: said,
    elsewhere: listText(others),
    says: `its name resolves in ${elsewhere.context} (${listText(others)}), and in ${here.context} it never did: ${said}`,
  };
}

/** RFC 1918, unique local (RFC 4193), loopback, link-local, and the space that carriers share (RFC 6598). */
const PRIVATE: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'loopback', 'linkLocal', 'carrierGradeNat']);

const isPrivate = (text: string): boolean => PRIVATE.has(parseAddress(text)?.range() ?? '');

function privateOnly(here: Side, elsewhere: Side) {
  const own = resolvedIn(here).filter(isPrivate);
  const others = resolvedIn(elsewhere);
  if (own.length === 0 || others.length === 0 || others.some(isPrivate)) return null;
  return {
    here: listText(own),
    elsewhere: listText(others),
    says:
      `resolves to private addresses in ${here.context} (${listText(own)}), and in ${elsewhere.context} to public ones alone ` +
      `(${listText(others)}): a private endpoint is missing in ${elsewhere.context}, or its DNS zone is not linked there`,
  };
}

/** What was seen is never all that there is: how many differ by chance, that none is in common or that there is one alone does not. */
function egressOf(pair: Pair): readonly Difference[] {
  const { baseline, other } = pair;
  const [one, two] = [egressIn(baseline), egressIn(other)];
  if (!areDisjoint(one, two)) return eitherWay(pair, 'egress', oneAgainstMany);
  const says = `leaves from ${egressText(baseline)}, and from ${egressText(other)}: none in common`;
  return [{ kind: 'egress', baseline: listText(one), other: listText(two), says }];
}

const LEAST_RUNS = 2;
const MANY = 3;

function oneAgainstMany(here: Side, elsewhere: Side) {
  const [own, others] = [egressIn(here), egressIn(elsewhere)];
  if (own.length !== 1 || here.egressRuns < LEAST_RUNS || others.length < MANY) return null;
  return {
    here: listText(own),
    elsewhere: listText(others),
    says: `left from one address so far in ${here.context} (${egressText(here)}), and from several in ${elsewhere.context} (${egressText(elsewhere)})`,
  };
}

function egressText(side: Side): string {
  const values = egressIn(side);
  const count = `${values.length} ${values.length === 1 ? 'address' : 'addresses'}`;
  const most = side.target.egressOverflowed ? `more than ${count}` : count;
  return `${most} in ${countOf(side.egressRuns, 'independent run')} of ${side.context} (${listText(values)})`;
}
