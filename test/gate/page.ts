import { STAGES } from '../../src/model/stages.ts';
import { VERDICTS } from '../../src/model/verdict.ts';
import { nameOf, type Row } from './row.ts';

const HEAD = `# What is said of which fault

Each line is tried against the built command by the fault matrix (\`test/gate\`), which also writes this page. \`probe explain CAUSE\` says what a
cause means and who has to act. Faults of a fixture are named by the place where they strike and what they do there.
`;

/** The matrix for people: by probe, then by what the report says. */
export function pageOf(matrix: Readonly<Record<string, readonly Row[]>>): string {
  const sections = Object.entries(matrix).map(([probe, rows]) =>
    [`## ${probe}`, '', '| stage | cause | verdict | faults |', '|---|---|---|---|', ...linesOf(rows), ''].join('\n'),
  );
  return [HEAD, ...sections].join('\n');
}

function linesOf(rows: readonly Row[]): readonly string[] {
  const faults = new Map<string, string[]>();
  for (const row of [...rows].sort(inOrder)) {
    const said = saidOf(row);
    faults.set(said, [...(faults.get(said) ?? []), nameOf(row)]);
  }
  return [...faults].map(([said, names]) => `${said} ${names.join('; ')} |`);
}

function saidOf({ stage, orStage, cause, verdict, finding }: Row): string {
  const stages = [stage, orStage].filter((one) => one != null).join(' or ');
  const causes = [cause, finding].filter((one) => one != null).join(', then ');
  return `| ${stages} | ${causes} | ${verdict} |`;
}

/** The good ones first, then by stage as an attempt goes through them. */
const inOrder = (a: Row, b: Row): number =>
  Number(a.cause !== null) - Number(b.cause !== null) ||
  placeOf(a) - placeOf(b) ||
  (a.cause ?? '').localeCompare(b.cause ?? '') ||
  VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict);

/** What a rule alone says comes last. */
const placeOf = ({ stage }: Row): number => (stage === null ? STAGES.length : STAGES.indexOf(stage));
