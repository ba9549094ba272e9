import { causesText, listText } from '../../judge/words.ts';
import { causeText } from '../../model/causes.ts';
import type { TargetRecord } from '../../model/records.ts';
import { eitherWay } from './either-way.ts';
import type { Difference, Pair, Side } from './side.ts';

// What each context connects with: the same name may stand for another server, account or trust store behind its references.

export function settingsDifferences(pair: Pair): readonly Difference[] {
  const told = [
    ...identityOf(pair),
    ...endpointOf(pair),
    ...notesOf(pair),
    ...eitherWay(pair, 'trust', notTrustedHere),
    ...eitherWay(pair, 'identity', withoutToken),
  ];
  return told.length > 0 ? told : otherSettings(pair);
}

const recordOf = ({ target }: Side): TargetRecord => target.target;

function identityOf({ baseline, other }: Pair): readonly Difference[] {
  const [one, two] = [recordOf(baseline).identity, recordOf(other).identity];
  if (one === two) return [];
  const absent = one === null ? baseline : two === null ? other : null;
  const says = `its identity is ${one ?? 'none'} in ${baseline.context} and ${two ?? 'none'} in ${other.context}`;
  const inWhich = absent === null ? '' : `: absent in ${absent.context}`;
  return [{ kind: 'identity', baseline: one, other: two, says: `${says}${inWhich}` }];
}

/** What has no server, such as a token in a file, is a source of an identity. */
function endpointOf({ baseline, other }: Pair): readonly Difference[] {
  const [one, two] = [recordOf(baseline), recordOf(other)];
  const isElsewhere = one.endpoint !== two.endpoint;
  if (!isElsewhere && [...one.servers].sort().join() === [...two.servers].sort().join()) return [];
  const [ofBaseline, ofOther] = isElsewhere
    ? [one.endpoint, two.endpoint]
    : [listText(one.servers), listText(two.servers)];
  const isSource = one.servers.length === 0 || two.servers.length === 0;
  const says = isSource
    ? `comes from ${ofBaseline} in ${baseline.context} and from ${ofOther} in ${other.context}`
    : `connects to ${ofBaseline} in ${baseline.context} and to ${ofOther} in ${other.context}: these are runs of two servers`;
  return [{ kind: isSource ? 'identity' : 'observation', baseline: ofBaseline, other: ofOther, says }];
}

const OF_TRUST = /\btrust|\broots\b|\bauthorit|\bcacerts\b|\bverified\b/i;

/** How the probe differs from the real client, where that is so in one context alone. */
function notesOf({ baseline, other }: Pair): readonly Difference[] {
  const [one, two] = [recordOf(baseline).differences, recordOf(other).differences];
  const only = (own: readonly string[], others: readonly string[]) => own.filter((note) => !others.includes(note));
  return [
    ...only(one, two).map((note) => ({ note, ofBaseline: note, ofOther: null, where: baseline })),
    ...only(two, one).map((note) => ({ note, ofBaseline: null, ofOther: note, where: other })),
  ].map(({ note, ofBaseline, ofOther, where }) => ({
    kind: OF_TRUST.test(note) ? ('trust' as const) : ('observation' as const),
    baseline: ofBaseline,
    other: ofOther,
    says: `only in ${where.context}: ${note}`,
  }));
}

function notTrustedHere(here: Side, elsewhere: Side) {
  const own = here.target.failures.filter(({ cause }) => causeText(cause).class === 'tls-trust');
  const alone = own.filter(({ cause }) => !elsewhere.target.failures.some((failure) => failure.cause === cause));
  const handshakes = elsewhere.target.stages.find(({ name }) => name === 'tls');
  if (alone.length === 0 || handshakes === undefined || handshakes.count === handshakes.failed) return null;
  const said = causesText(alone);
  return {
    here: said,
    elsewhere: null,
    says:
      `TLS fails in ${here.context} (${said}) and not by this cause in ${elsewhere.context}, where handshakes succeed: ` +
      'another trust store, another clock, or another certificate is shown',
  };
}

function withoutToken(here: Side, elsewhere: Side) {
  const missing = here.target.failures.filter(({ cause }) => cause === 'token-missing');
  const isThere = elsewhere.target.runs.some(({ succeeded }) => succeeded > 0);
  if (missing.length === 0 || !isThere || elsewhere.target.failures.some(({ cause }) => cause === 'token-missing'))
    return null;
  const said = causesText(missing);
  return {
    here: said,
    elsewhere: null,
    says: `no token is found in ${here.context} (${said}), and one in ${elsewhere.context}`,
  };
}

/** The digest is over what connects: references as written, files by what is public of them. */
function otherSettings({ baseline, other }: Pair): readonly Difference[] {
  const [one, two] = [recordOf(baseline).digest, recordOf(other).digest];
  if (one === two) return [];
  const says = `what it connects with differs between ${baseline.context} and ${other.context}: a setting, or a file such as a trust store`;
  return [{ kind: 'observation', baseline: one, other: two, says }];
}
