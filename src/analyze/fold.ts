import type { RunOfTarget, TargetAnalysis } from '../model/analysis.ts';
import { causeText } from '../model/causes.ts';
import type { RunHeader } from '../model/evidence.ts';
import type { AttemptRecord, Failure, Stop } from '../model/records.ts';
import { STAGES } from '../model/stages.ts';
import { createDistinct } from './distinct.ts';
import { createFailureFold } from './failures.ts';
import { createHoldFold } from './holds.ts';
import { createNumbers } from './numbers.ts';
import { outcomeOf } from './outcome.ts';
import { createSpreads } from './spreads.ts';
import type { TargetHistory } from './standing.ts';
import { createTally } from './tally.ts';

const CAP = 200;
/** An address beyond the cap could be the one outside an allowlist: room for every run of a long history to bring some. */
const EGRESS_CAP = 2_000;
/** A probe may observe what is of one run alone, such as the digest of its canary: room for several values in each run of a long history. */
const OBSERVATION_CAP = 5_000;
/** Failures further apart than this are told apart no more. */
const MOST_GAP = 65;

/** What other targets say of a run as a whole. */
export type OfWholeRuns = {
  controlWorked(run: string): boolean;
  egressOf(run: string): readonly string[];
};

export type TargetFold = {
  add(record: AttemptRecord): void;
  /** A hold by which another target of the same server has tried the connections of this one too. */
  addHeld(record: AttemptRecord): void;
  stop(run: string, reason: Stop): void;
  read(whole: OfWholeRuns): TargetAnalysis<unknown>;
};

/** Folds the attempts of one target over its runs, one record at a time. */
export function createTargetFold({ target, headers, setAside }: TargetHistory): TargetFold {
  const gaps = new Array<number>(MOST_GAP + 1).fill(0);
  const failedAgain = (attempts: number) => {
    const gap = Math.min(attempts, MOST_GAP);
    gaps[gap] = (gaps[gap] ?? 0) + 1;
  };
  const runs = new Map(headers.map((header, index) => [header.run.run, createRunFold(header, index, failedAgain)]));
  const stages = createSpreads();
  const measures = createSpreads();
  const failures = createFailureFold(headers.length);
  const holds = createHoldFold(headers.length);
  const resolved = createDistinct<string>(CAP, headers.length);
  const egress = createDistinct<string>(EGRESS_CAP, headers.length);
  const servers = createDistinct<string>(CAP, headers.length);
  const peers = createDistinct<string>(CAP, headers.length);
  const observations = createDistinct<unknown>(OBSERVATION_CAP, headers.length);

  function addScored(record: AttemptRecord, run: number, succeeded: boolean): void {
    for (const { stage, elapsedMs, ok } of record.stages) stages.add(stage, elapsedMs, ok);
    for (const [name, value] of Object.entries(record.measures)) measures.add(name, value, true);
    for (const peer of peersOf(record)) {
      const failedThere = !succeeded && record.failure?.server === peer;
      peers.see(peer, peer, { at: record.at, run, outcome: failedThere ? 'failed' : 'succeeded' });
    }
    if (!succeeded) return;
    for (const { stage, server, ok } of record.stages) {
      if (stage !== 'connect' || server === null) continue;
      servers.see(server, server, { at: record.at, run, outcome: ok ? 'succeeded' : 'failed' });
    }
    if (record.observation === null || record.observation === undefined) return;
    observations.see(JSON.stringify(record.observation), record.observation, {
      at: record.at,
      run,
      outcome: 'succeeded',
    });
  }

  function addHeld(record: AttemptRecord): void {
    const run = runs.get(record.run);
    if (run !== undefined && record.hold !== null) holds.add(record, record.hold, run.index);
  }

  return {
    addHeld,
    add(record) {
      const run = runs.get(record.run);
      if (run === undefined || !run.add(record)) return;
      const outcome = record.hold === null ? outcomeOf(record) : null;
      const scored = outcome === 'succeeded' || outcome === 'failed' ? outcome : null;
      const sighting = { at: record.at, run: run.index, outcome: scored };
      // What was seen of the network is a fact even where the attempt is in no rate.
      for (const address of record.resolved) resolved.see(address, address, sighting);
      for (const address of record.egress) egress.see(address, address, sighting);
      addHeld(record);
      if (scored !== null) addScored(record, run.index, scored === 'succeeded');
      if (scored !== null || outcome === 'unjudged' || blocksHold(record)) failures.add(record, run.index);
    },
    stop: (run, reason) => runs.get(run)?.stop(reason),
    read: (whole) => ({
      target,
      runs: [...runs.values()].map((run) => run.read(target.name, whole)),
      setAside,
      stages: STAGES.flatMap((name) => stages.read(name)),
      measures: measures.names().flatMap((name) => measures.read(name)),
      failures: failures.read(),
      resolved: resolved.read(),
      egress: egress.read(),
      egressOverflowed: egress.overflow() > 0,
      servers: servers.read(),
      peers: peers.read(),
      failureGaps: [...gaps],
      observations: observations.read(),
      observationsOverflowed: observations.overflow() > 0,
      others: [resolved, egress, servers, peers, observations].reduce(
        (sum, values) => sum + values.overflow(),
        measures.overflow(),
      ),
      ...holds.read(),
    }),
  };
}

/** A hold is in no rate; what keeps it from opening for good is a blocker all the same, such as an address that the server refuses. */
const blocksHold = ({ hold, outcome, failure, taint }: AttemptRecord): boolean =>
  hold !== null && outcome === 'failed' && taint === null && failure !== null && isBlocker(failure);

const isBlocker = ({ cause, stage }: Failure): boolean =>
  causeText(cause).decisive === 'ever' && stage !== 'hold' && stage !== 'reuse';

function peersOf({ stages, failure }: AttemptRecord): readonly string[] {
  const peers: string[] = [];
  for (const { server } of stages) if (server !== null && !peers.includes(server)) peers.push(server);
  const failed = failure?.server ?? null;
  if (failed !== null && !peers.includes(failed)) peers.push(failed);
  return peers;
}

type RunFold = {
  readonly index: number;
  /** False where the record is a copy. */
  add(record: AttemptRecord): boolean;
  stop(reason: Stop): void;
  read(target: string, whole: OfWholeRuns): RunOfTarget;
};

function createRunFold(
  { run, end, state }: RunHeader,
  index: number,
  failedAgain: (attempts: number) => void,
): RunFold {
  const tally = createTally(failedAgain);
  const numbers = createNumbers();
  let stop: Stop | null = null;
  // where the number of records is right in spite of a copy, another record is lost
  let hasCopies = false;
  return {
    index,
    add(record) {
      if (record.hold === null && !numbers.add(record.n)) {
        hasCopies = true;
        return false;
      }
      tally.add(record);
      return true;
    },
    stop(reason) {
      stop = reason;
    },
    read(target, whole) {
      const { parts, ...counts } = tally.read();
      const planned = Object.entries(run.targets.find(({ name }) => name === target)?.parts ?? {});
      return {
        run: run.run,
        startedAt: run.at,
        endedAt: end?.at ?? null,
        bootId: run.context.bootId,
        profile: run.profile,
        scope: run.scope,
        complete: state === 'whole' && end !== null && !end.interrupted,
        damaged: state === 'damaged' || hasCopies,
        stop,
        controlWorked: whole.controlWorked(run.run),
        egress: whole.egressOf(run.run),
        ...counts,
        parts: planned.map(([name, count]) => ({
          ...(parts.find((part) => part.name === name) ?? {
            name,
            made: 0,
            failed: 0,
            unjudged: 0,
            lastSuccessAt: null,
          }),
          planned: count,
        })),
      };
    },
  };
}
