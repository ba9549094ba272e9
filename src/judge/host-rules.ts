import type { RunStanding } from '../model/analysis.ts';
import type { ContextInput, ContextRule } from './context-rule.ts';
import { clausesText, countOf, listText } from './words.ts';

// Of processes that were started at once, one on each of several hosts, such as the executors of an engine: who is missing, and who differs.

/** The latest processes that belong together, by their index. */
type Hosts = { readonly of: number; readonly runs: readonly RunStanding[] };

/** Processes of one launch begin so close to each other; those of the launch before are another matter, whatever the job is called. */
const TOGETHER_MS = 15 * 60_000;

const hostsOf = ({ analysis: { runs } }: ContextInput): Hosts | null => {
  const latest = runs.findLast(({ counted, numbering }) => counted && numbering.of > 1);
  if (latest === undefined) return null;
  const mates = runs.filter((run) => run.counted && belongsTo(latest, run));
  // one that was started again stands for itself and for the one before
  const byIndex = new Map(mates.map((run) => [run.numbering.index, run]));
  return {
    of: latest.numbering.of,
    runs: [...byIndex.values()].sort((a, b) => a.numbering.index - b.numbering.index),
  };
};

function belongsTo(latest: RunStanding, run: RunStanding): boolean {
  if (run.numbering.of !== latest.numbering.of) return false;
  const [job, other] = [latest.invoker['PROBE_JOB'], run.invoker['PROBE_JOB']];
  if (job !== other) return false;
  return Date.parse(latest.startedAt) - Date.parse(run.startedAt) < TOGETHER_MS;
}

export const hostsComplete: ContextRule = {
  id: 'hosts/complete',
  required(input) {
    const hosts = hostsOf(input);
    return hosts === null ? null : `each of the ${hosts.of} processes that were started at once comes to its end`;
  },
  judge(input) {
    const { of, runs } = hostsOf(input) ?? { of: 0, runs: [] };
    const unended = runs.filter(({ interrupted }) => interrupted);
    const there = new Set(runs.map(({ numbering }) => numbering.index));
    const absent = Array.from({ length: of }, (_, index) => index).filter((index) => !there.has(index));
    const missing = [
      ...unended.map((run) => `${nameOf(run)} ${run.notStarted ?? 'was killed, interrupted, or is still going'}`),
      ...(absent.length === 0 ? [] : [`of ${listText(absent.map((index) => `process ${index}`))} there is no run`]),
    ];
    const ended = of - unended.length - absent.length;
    if (missing.length === 0) return { verdict: 'pass', observed: `all ${of} have ended`, cause: null };
    return {
      verdict: 'inconclusive',
      observed: `${ended} of ${of} have ended: ${clausesText(missing)}`,
      cause: 'host-missing',
    };
  },
};

export const hostsAlike: ContextRule = {
  id: 'hosts/alike',
  required: (input) =>
    (hostsOf(input)?.runs.length ?? 0) > 1
      ? 'the hosts of this context leave by the same way, and none fails where others work'
      : null,
  judge(input) {
    const { runs } = hostsOf(input) ?? { runs: [] };
    const differing = [...egressApart(input, runs), ...failingApart(input, runs)];
    if (differing.length === 0)
      return { verdict: 'pass', observed: `${countOf(runs.length, 'host')} alike`, cause: null };
    return { verdict: 'warn', observed: clausesText(differing), cause: 'hosts-differ' };
  },
};

const nameOf = ({ numbering, hostname }: RunStanding): string =>
  `process ${numbering.index}${hostname === null ? '' : ` (${hostname})`}`;

/** Hosts that share no address with what most of them leave from. */
function egressApart({ analysis: { targets } }: ContextInput, runs: readonly RunStanding[]): readonly string[] {
  const seen = new Map(targets.flatMap((target) => target.runs).map(({ run, egress }) => [run, egress] as const));
  const known = runs.flatMap((run) => {
    const egress = seen.get(run.id) ?? [];
    return egress.length === 0 ? [] : [{ run, egress }];
  });
  const hostsAt = new Map<string, number>();
  for (const address of known.flatMap(({ egress }) => egress)) hostsAt.set(address, (hostsAt.get(address) ?? 0) + 1);
  const [common] = [...hostsAt].sort(([, a], [, b]) => b - a);
  // where each host has an address of its own, none is apart from the others
  if (common === undefined || common[1] * 2 <= known.length) return [];
  const usual = new Set(known.filter(({ egress }) => egress.includes(common[0])).flatMap(({ egress }) => egress));
  return known
    .filter(({ egress }) => !egress.some((address) => usual.has(address)))
    .map(
      ({ run, egress }) =>
        `${nameOf(run)} leaves from ${listText(egress)}, and ${countOf(common[1], 'host')} from ${common[0]}`,
    );
}

function failingApart({ analysis: { targets } }: ContextInput, runs: readonly RunStanding[]): readonly string[] {
  return targets.flatMap(({ target, runs: tried }) => {
    const found = tried.flatMap((one) => {
      const run = runs.find(({ id }) => id === one.run);
      return run === undefined || one.succeeded + one.failed === 0 ? [] : [{ ...one, run }];
    });
    const dead = found.filter(({ succeeded }) => succeeded === 0);
    const working = found.filter(({ failed }) => failed === 0);
    if (dead.length === 0 || working.length === 0) return [];
    const hosts = listText(dead.map(({ run }) => nameOf(run)));
    return [`${target.name} never worked on ${hosts}, and always on ${countOf(working.length, 'host')}`];
  });
}
