import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REGISTRY } from '../../../probes/index.ts';
import { CAUSES } from '../../../src/model/causes.ts';
import type { Report } from '../../../src/model/report.ts';
import { RENDERERS } from '../../../src/render/formats.ts';
import { foldersIn, literalsOf, sourcesOf } from '../../kit/sources.ts';
import { judgement } from '../judge/judging.ts';
import type { Drawn } from './histories.ts';

// Every sentence that the tool can print, with the place that it comes from.

export type Said = { readonly from: string; readonly text: string };

export const ofCauses: readonly Said[] = Object.entries(CAUSES).flatMap(
  ([code, { title, meaning, action, inEphemeral }]) =>
    [title, meaning, action, inEphemeral ?? ''].map((text) => ({ from: code, text })),
);

/** Whatever stands in quotes in the sources: also what no test of a report comes across. */
export const ofSources: readonly Said[] = sourcesOf('src', 'probes').flatMap((source) =>
  literalsOf(source).map((text) => ({ from: source.path, text })),
);

const ROOT = join(import.meta.dirname, '..', '..', '..');
const DOCUMENTS = ['README.md', 'CHANGELOG.md', ...foldersIn('probes').map((name) => `probes/${name}/README.md`)];

/** By paragraphs. */
export const ofDocuments: readonly Said[] = DOCUMENTS.flatMap((from) =>
  readFileSync(join(ROOT, from), 'utf8')
    .split('\n\n')
    .map((paragraph) => ({ from, text: paragraph.replace(/\n */g, ' ') })),
);

export type Judged = Drawn & { readonly report: Report };

export const judged = (histories: readonly Drawn[]): readonly Judged[] =>
  histories.map((drawn) => {
    const { runs, policy, profile, scope } = drawn;
    const { report, defects } = judgement(runs, { policy, profile, scope, registry: REGISTRY });
    if (defects.length > 0) throw defects[0];
    return { ...drawn, report };
  });

export const findingsOf = ({ targets, workloads, context }: Report) => [
  ...targets.flatMap(({ findings }) => findings),
  ...workloads.flatMap(({ findings }) => findings),
  ...(context?.findings ?? []),
];

export const ofReport = (report: Report): readonly Said[] => [
  ...findingsOf(report).flatMap(({ rule, observed, required, action }) => [
    { from: `${rule} observed`, text: observed },
    { from: `${rule} required`, text: required },
    { from: `${rule} action`, text: action ?? '' },
  ]),
  ...report.runs.map(({ why }) => ({ from: 'run why', text: why ?? '' })),
  ...report.targets.flatMap(({ stopped }) => stopped.map(({ meaning }) => ({ from: 'stopped', text: meaning }))),
  ...rowsOf(RENDERERS.table(report)).map((text) => ({ from: 'table', text })),
];

/** Rows that were broken to fit, as they were before. */
const rowsOf = (table: string): readonly string[] => table.replace(/\n {14}/g, ' ').split('\n');
