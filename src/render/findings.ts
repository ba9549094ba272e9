import type { ReportTarget } from '../model/report.ts';
import { VERDICTS } from '../model/verdict.ts';
import { pasted, row } from './layout.ts';

type Finding = ReportTarget['findings'][number];

/** What is waived comes after what is not. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort(
    (a, b) =>
      VERDICTS.indexOf(b.verdict) - VERDICTS.indexOf(a.verdict) ||
      Number(a.waiver !== null) - Number(b.waiver !== null),
  );

/** The first with its reason and what to do, the others in short. */
export function findingRows(findings: readonly Finding[]): string[] {
  const [first, ...others] = findings;
  if (first === undefined) return [];
  return [
    ...row('why', `${first.observed}${named(first)}`),
    ...row('asked', first.required),
    ...actionRows(first),
    ...others.flatMap((finding) =>
      row('also', `${finding.verdict.toUpperCase()} ${finding.observed}${named(finding)}`),
    ),
  ];
}

/** Rule and cause: what `probe explain` and a waiver are asked for. */
function named({ rule, cause, waiver }: Finding): string {
  const name = cause === null ? rule : `${rule}: ${cause}`;
  const waived =
    waiver === null ? '' : ` [WAIVED until ${waiver.until.slice(0, 10)} by ${waiver.approvedBy}, ${waiver.ticket}]`;
  return ` [${name}]${waived}`;
}

/** What is to be done and by whom, with what there is to paste. */
export function actionRows({ action, owner }: Pick<Finding, 'action' | 'owner'>): string[] {
  if (action === null) return [];
  const [first = '', ...stanza] = action.split('\n');
  return [...row('do', owner === null ? first : `${owner}: ${first}`), ...stanza.flatMap(pasted)];
}
