import type { Report } from '../../src/model/report.ts';
import { type Outcome, type Row, targetName } from './row.ts';

/** Each way in which a report says something else of a row's target than the row does. */
export function misclassifications(row: Row, report: Pick<Report, 'targets'>): readonly string[] {
  const target = report.targets.find(({ name }) => name === targetName(row));
  if (target === undefined) return ['the report does not name it'];
  const { verdict, failures, findings, attempts } = target;
  const stages = [row.stage, row.orStage];
  const asExpected = ({ stage, cause }: { stage: string; cause: string }): boolean =>
    cause === row.cause && stages.some((expected) => expected === stage);
  const others = failures.filter((failure) => !asExpected(failure));
  const because = findings.map((finding) => `${finding.rule} ${finding.verdict} ${finding.cause}`);
  const named = row.finding ?? row.cause;
  const isNamed = findings.some((finding) => finding.verdict === row.verdict && finding.cause === named);
  return [
    ...(verdict === row.verdict ? [] : [`verdict ${verdict}, not ${row.verdict}: ${because.join(', ')}`]),
    ...others.map(
      ({ stage, cause, code, number, detail }) =>
        `${cause} at ${stage}, not ${said(row)}: ${[code, number, detail].join(' ')}`,
    ),
    ...(row.stage !== null && failures.length === 0 ? [`no failure, not ${said(row)}`] : []),
    ...(named === null || isNamed ? [] : [`no finding ${row.verdict} ${named}: ${because.join(', ')}`]),
    ...(attempts.broken === 0 ? [] : [`${attempts.broken} attempts broke`]),
  ];
}

const said = ({ stage, cause }: Outcome): string =>
  stage === null ? 'a success of every attempt' : `${cause} at ${stage}`;
