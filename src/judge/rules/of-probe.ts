import type { AnyProbe, Rule } from '../../model/probe.ts';
import { complete } from './complete.ts';
import { decisive } from './decisive.ts';
import { egressWithinAllowed } from './egress.ts';
import { everyAddress } from './every-address.ts';
import { failureRate } from './failure-rate.ts';
import { firstAttempt } from './first-attempt.ts';
import { HINT_RULE_IDS, hintRules } from './hints.ts';
import { idleLimit } from './idle-limit.ts';
import { idleSurvives } from './idle-survives.ts';
import { latency } from './latency.ts';
import { neverSucceeded } from './never-succeeded.ts';
import { nextAddress } from './next-address.ts';
import { parts } from './parts.ts';
import { stopped } from './stopped.ts';
import { untestable } from './untestable.ts';

const GENERIC: readonly Rule<unknown, unknown>[] = [
  neverSucceeded,
  decisive,
  failureRate,
  firstAttempt,
  parts,
  stopped,
  latency,
  egressWithinAllowed,
  nextAddress,
  everyAddress,
  idleLimit,
  untestable,
  complete,
];

/** Ids of the rules that hold for every probe, which a waiver may name. */
export const GENERIC_RULE_IDS: readonly string[] = [
  ...[...GENERIC, idleSurvives([])].map(({ id }) => id),
  ...HINT_RULE_IDS,
];

/** The rules that hold for every probe, then the probe's own over this target's `expect`. */
export function rulesOf(probe: AnyProbe | undefined, expect: unknown): readonly Rule<unknown, unknown>[] {
  const everywhere = [...GENERIC, ...hintRules()];
  if (probe === undefined) return [...everywhere, unreadable('this version has no probe of this type')];
  const own = probe.rules(expect);
  const generic = [...everywhere, idleSurvives(probe.holds)];
  if ('rules' in own) return [...generic, ...own.rules];
  const issues = own.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return [...generic, unreadable(`what the evidence expects is not understood by this version: ${issues.join('; ')}`)];
}

/** Rules of the probe that cannot be judged are not silently left out. */
const unreadable = (observed: string): Rule<unknown, unknown> => ({
  id: 'evidence/understood',
  needs: [],
  required: () => 'the rules of its probe can be judged',
  judge: () => ({ verdict: 'inconclusive', observed, cause: 'evidence-unreadable' }),
});
