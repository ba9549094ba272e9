import type { Analysis } from '../model/analysis.ts';
import type { EvidenceFolder } from '../model/evidence.ts';
import type { Context } from '../model/records.ts';
import { createTargetFold } from './fold.ts';
import { type Question, rosterOf } from './standing.ts';

export type { Question } from './standing.ts';

/** What a folder says of one context and vantage, folded one record at a time. Pure but for reading the folder. */
export function analyze(folder: EvidenceFolder, question: Question): Analysis {
  const { headers, runs, targets } = rosterOf(folder.headers, question);
  const folds = new Map(targets.map((history) => [history.target.name, createTargetFold(history)]));
  const counted = new Set(targets.flatMap((history) => history.headers.map(({ run }) => run.run)));
  for (const record of folder.records(counted)) {
    if (record.record === 'attempt') folds.get(record.target)?.add(record);
    if (record.record === 'stop') folds.get(record.target)?.stop(record.run, record.reason);
  }
  const latest = headers.findLast(({ run }) => counted.has(run.run)) ?? headers.at(-1);
  return {
    context: latest?.run.context ?? unknownContext(question),
    runs,
    targets: [...folds.values()].map((fold) => fold.read()),
    unreadable: folder.problems,
  };
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
