import type { Report, ReportTarget } from '../model/report.ts';
import { VERDICTS } from '../model/verdict.ts';
import { findingRows, worstFirst } from './findings.ts';
import { labRow } from './lab-row.ts';
import { countOf, plain, row, WIDTH, wrap } from './layout.ts';
import { momentText, periodText } from './moments.ts';
import { targetRows } from './target-rows.ts';
import { workloadRows } from './workload-rows.ts';

/** For people: what was run, then the targets, the worst first, each with its reason and what to do; then the whole. */
export function renderTable(report: Report): string {
  const targets = [...report.targets].sort(
    (a, b) => VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict) || a.name.localeCompare(b.name),
  );
  const blocks = [
    [...wrap(plain(headline(report)), WIDTH), ...ofLab(report), ...notCounted(report)],
    contextRows(report),
    ...targets.map((target) => targetRows(target, report)),
    ...report.workloads.map((workload) => workloadRows(workload, report)),
    totals(report),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headline({ context, run, runs, earlierRuns, scope, policy }: Report): string {
  const where =
    context === null
      ? 'context unknown'
      : `context ${context.name} (${context.kind}, ${context.ephemeral ? 'ephemeral' : 'declared stable'}, ${context.vantage})`;
  const latest =
    run === null
      ? 'no run counts'
      : `run ${shortId(run.id)}, ${periodText(run.startedAt, run.endedAt)} UTC${run.interrupted ? ', interrupted' : ''}`;
  const counted = runs.filter((each) => each.counted).length + earlierRuns.counted;
  const all = runs.length + earlierRuns.counted + earlierRuns.notCounted;
  const judged = scope === 'run' ? 'this run alone' : `over runs, ${counted} of ${all} counted`;
  return `${where}; ${latest}; profile ${policy.profile}; scope ${scope} (${judged})`;
}

function ofLab({ runs, earlierRuns }: Report): string[] {
  const lab = runs.filter((run) => run.lab).length + earlierRuns.lab;
  return labRow('lab', lab, runs.length + earlierRuns.counted + earlierRuns.notCounted);
}

const shortId = (id: string): string => id.slice(0, 8);

const LISTED = 5;

function notCounted({ runs, earlierRuns }: Report): string[] {
  const aside = runs.filter((run) => !run.counted);
  const more = Math.max(0, aside.length - LISTED) + earlierRuns.notCounted;
  const listed = aside
    .slice(-LISTED)
    .flatMap((run) =>
      row('not counted', `run ${shortId(run.id)} of ${momentText(run.startedAt)}: ${run.why ?? 'unknown'}`),
    );
  return more > 0 ? [...listed, ...row('', `and ${more} earlier ones`)] : listed;
}

function contextRows({ context }: Report): string[] {
  if (context === null) return [];
  const open = worstFirst(context.findings).filter((finding) => finding.verdict !== 'pass');
  const [worst] = open;
  if (worst === undefined) return [];
  return [`${worst.verdict.toUpperCase().padEnd(14)}the context and its evidence`, ...findingRows(open)];
}

function totals({ targets, workloads, verdict, exitCode, scope }: Report): string[] {
  const counted = targets.length === 0 ? ['no target was judged'] : [tally('target', targets)];
  const whole = scope === 'run' ? `${verdict.toUpperCase()} for this run alone` : verdict.toUpperCase();
  return [
    ...counted,
    ...(workloads.length === 0 ? [] : [tally('workload', workloads)]),
    `verdict ${whole}, exit code ${exitCode}`,
  ];
}

/** `4 targets: 2 fail, 1 inconclusive, 1 pass`. */
function tally(noun: string, judged: readonly Pick<ReportTarget, 'verdict'>[]): string {
  const count = (of: ReportTarget['verdict']) => judged.filter(({ verdict }) => verdict === of).length;
  const parts = [...VERDICTS]
    .reverse()
    .filter((each) => count(each) > 0)
    .map((each) => `${count(each)} ${each}`);
  return `${countOf(judged.length, noun)}: ${parts.join(', ')}`;
}
