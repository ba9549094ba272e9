import type { Report, ReportWorkload } from '../model/report.ts';
import { findingRows, worstFirst } from './findings.ts';
import { plain, row, shortened, WIDTH } from './layout.ts';
import { runsRow } from './target-rows.ts';

/** One workload: what its targets say together, by its own demand. */
export function workloadRows(workload: ReportWorkload, { targets }: Report): string[] {
  const title = `${workload.verdict.toUpperCase().padEnd(14)}workload ${plain(`${workload.name} (${workload.targets.join(', ')})`)}`;
  const open = worstFirst(workload.findings).filter((finding) => finding.verdict !== 'pass');
  const passed = workload.findings.filter((finding) => finding.verdict === 'pass').map(({ observed }) => observed);
  const held = targets
    .filter(({ name, verdict }) => workload.targets.includes(name) && verdict !== 'pass')
    .map(({ name, verdict }) => `${name} ${verdict}`);
  return [
    shortened(title, WIDTH),
    ...(open.length > 0 ? findingRows(open) : passed.flatMap((observed) => row('why', observed))),
    ...(held.length > 0 ? row('targets', held.join(', ')) : []),
    ...runsRow(workload),
  ];
}
