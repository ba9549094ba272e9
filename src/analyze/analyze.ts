import type { Analysis } from '../model/analysis.ts';
import type { EvidenceFolder } from '../model/evidence.ts';
import type { AttemptRecord, Context } from '../model/records.ts';
import { createTargetFold } from './fold.ts';
import { createHealthFold } from './health.ts';
import { createRunEgress } from './run-egress.ts';
import { type Question, rosterOf, type TargetHistory } from './standing.ts';

export type { Question } from './standing.ts';

/** What a folder says of one context and vantage, folded one record at a time. Pure but for reading the folder. */
export function analyze(folder: EvidenceFolder, question: Question): Analysis {
  const { headers, runs, runsGone, targets } = rosterOf(folder.headers, question);
  const folds = new Map(targets.map((history) => [history.target.name, createTargetFold(history)]));
  const counted = new Set(targets.flatMap((history) => history.headers.map(({ run }) => run.run)));
  const heldFor = holdersOf(targets);
  const health = createHealthFold(headers.filter(({ run }) => counted.has(run.run)));
  const egress = createRunEgress();
  for (const record of folder.records(counted)) {
    if (record.record === 'health') health.addHealth(record);
    if (record.record === 'attempt') {
      health.addAttempt(record);
      egress.add(record.run, record.egress);
      folds.get(record.target)?.add(record);
      if (isOfLadder(record)) for (const name of heldFor(record)) folds.get(name)?.addHeld(record);
    }
    if (record.record === 'stop') folds.get(record.target)?.stop(record.run, record.reason);
  }
  const latest = headers.findLast(({ run }) => counted.has(run.run)) ?? headers.at(-1);
  return {
    context: latest?.run.context ?? unknownContext(question),
    health: health.read(),
    runs,
    runsGone,
    targets: [...folds.values()].map((fold) => fold.read({ controlWorked: health.controlWorked, egressOf: egress.of })),
    workloads: latest?.run.workloads ?? [],
    unreadable: folder.problems,
  };
}

const isOfLadder = ({ hold }: AttemptRecord): boolean => hold !== null && hold.kind !== 'membership';

/** One ladder a server: the targets for which, in its run, the target of a hold has held connections too. */
function holdersOf(targets: readonly TargetHistory[]): (record: AttemptRecord) => readonly string[] {
  const names = new Map<string, string[]>();
  for (const { target, headers } of targets) {
    for (const { run } of headers) {
      const heldBy = run.targets.find(({ name }) => name === target.name)?.heldBy ?? null;
      if (heldBy === null) continue;
      const key = `${run.run} ${heldBy}`;
      names.set(key, [...(names.get(key) ?? []), target.name]);
    }
  }
  return ({ run, target }) => names.get(`${run} ${target}`) ?? [];
}

const unknownContext = ({ context, vantage }: Question): Context => ({
  name: context,
  kind: 'unknown',
  ephemeral: true,
  vantage,
  bootId: null,
  process: { index: 0, of: 1 },
  signs: {},
  host: {},
});
