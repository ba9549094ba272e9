import type { Decision } from '../model/decision.ts';
import { DEFAULT_POLICY, type Since, type Waiver } from '../model/policy.ts';
import { policyRecord } from '../model/records.ts';
import { instantText, percentText, spanText } from './decision-words.ts';
import { row, titled } from './layout.ts';

// By what it all was judged. What makes a pass easier is said in capitals and in full.

type Policy = Decision['policy'];

export function policyRows({ policy, tool, configDigest }: Decision): string[] {
  const { profile, prefer, tolerableFailedRuns, minSpanSeconds, maxAgeSeconds, maxRuns, warn } = policy;
  const tolerable =
    tolerableFailedRuns === null ? 'as the profile or the workload says' : percentText(tolerableFailedRuns);
  const from = configDigest === null ? 'no configuration at hand' : `configuration ${configDigest}`;
  return [
    ...titled(
      'POLICY',
      `profile ${profile}, prefer ${prefer}, warnings ${warn === 'blocks' ? 'block' : 'allow'} a placement, tolerable failed runs: ${tolerable}`,
    ),
    ...row(
      'evidence',
      `over at least ${spanText(minSpanSeconds)}, not older than ${spanText(maxAgeSeconds)}, at most ${maxRuns} runs`,
    ),
    ...row(loosenings(policy).length > 0 ? 'LOOSENED' : 'independent', independenceText(policy)),
    ...policy.since.flatMap((since) => row('SINCE', `${sinceText(since)}.`)),
    ...policy.waivers.flatMap((waiver) => row('WAIVED', `${waiverText(waiver)}.`)),
    ...(policy.since.length === 0 ? row('since', 'none: no evidence was set aside by it') : []),
    ...(policy.waivers.length === 0 ? row('waivers', 'none') : []),
    ...row('decided by', `${tool.name} ${tool.version} (${tool.digest}), ${from}`),
  ];
}

/** How runs count as independent that would not by the default. */
export function loosenings({ independence }: Policy): readonly string[] {
  const least = DEFAULT_POLICY.independence.minGapMs / 1_000;
  const { minGapSeconds, distinctHosts } = independence;
  return [
    ...(minGapSeconds < least
      ? [`runs need only ${spanText(minGapSeconds)} between them, not ${spanText(least)}`]
      : []),
    ...(distinctHosts ? [] : ['runs of one host count as independent']),
  ];
}

function independenceText(policy: Policy): string {
  const loose = loosenings(policy);
  if (loose.length > 0) return `policy.independence: ${loose.join(', ')}`;
  return `runs begin at least ${spanText(policy.independence.minGapSeconds)} apart, and on ephemeral compute each on a host of its own`;
}

const SINCE = policyRecord.shape.since.element;
const WAIVER = policyRecord.shape.waivers.element;

export const sincesOf = ({ since }: Policy): readonly Since[] =>
  since.flatMap((one) => SINCE.safeParse(one).data ?? []);

/** What cannot be read as such is shown as it stands, and never left out. */
function sinceText(one: unknown): string {
  const { data } = SINCE.safeParse(one);
  return data === undefined ? JSON.stringify(one) : setAsideText(data);
}

export const setAsideText = ({ target, context, at, reason, ticket, approvedBy }: Since): string =>
  `evidence of ${target} ${inContext(context)} before ${instantText(at)} is set aside, for more of what comes after it: ` +
  `${reason} (${ticket}, approved by ${approvedBy})`;

function waiverText(one: unknown): string {
  const { data } = WAIVER.safeParse(one);
  return data === undefined ? JSON.stringify(one) : textOfWaiver(data);
}

const textOfWaiver = ({ target, rule, context, until, approvedBy, ticket, reason }: Waiver): string =>
  `${rule} at ${target} ${inContext(context)} until ${instantText(until)}: ${reason} (${ticket}, approved by ${approvedBy})`;

const inContext = (context: string | null): string => (context === null ? 'in every context' : `in ${context}`);
