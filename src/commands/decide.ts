import { type Cell, type Decision, decision as decisionSchema, type Placement } from '../model/decision.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { EXIT } from '../model/verdict.ts';
import { renderCell } from '../render/decision-cell.ts';
import { renderDecision } from '../render/decision-table.ts';
import { emitDatabricks } from '../render/emit-databricks.ts';
import { decideFrom } from './deciding.ts';
import { tellDefects } from './defect.ts';
import type { Io } from './io.ts';
import { destinationsOf, send } from './publish.ts';

export type DecideOptions = {
  readonly config?: string;
  readonly report: readonly string[];
  readonly profile?: string;
  readonly workload?: string;
  readonly context?: string;
  readonly emit?: string;
};

/** `probe decide DIR…`: where each workload may go, from saved evidence of all contexts. 0 when it was decided; 0, 1 or 3 for one cell. */
export async function decide(paths: readonly string[], options: DecideOptions, io: Io): Promise<number> {
  const emit = emitterOf(options.emit);
  const destinations = emit !== null && options.report.length === 0 ? [] : destinationsOf(options.report, io.cwd);
  if (emit !== null && destinations.some(({ path }) => path === null)) throw twice();
  refuseHalfACell(options);
  const { decision, defects, redaction } = await decideFrom(paths, options, io);
  tellDefects(defects, io);
  const redacted = decisionSchema.parse(redaction.data(decision));
  const asked = cellAsked(redacted, options);
  if (emit !== null) io.out(emit(redacted));
  send(destinations, (format) => render(format, redacted, asked), io);
  return asked === null ? EXIT.ok : EXIT_OF[asked.placement];
}

const EXIT_OF: Readonly<Record<Placement, number>> = {
  suitable: EXIT.ok,
  unsuitable: EXIT.fail,
  undetermined: EXIT.inconclusive,
};

function render(format: 'json' | 'table', decision: Decision, asked: Cell | null): string {
  if (format === 'json') return `${JSON.stringify(decision, null, 2)}\n`;
  return asked === null ? renderDecision(decision) : renderCell(asked, decision);
}

const twice = (): PreflightError =>
  new PreflightError(
    'ERR_REPORT_TWICE',
    'a report and what --emit writes, both on standard output',
    'Give the report a file: --report json=decision.json',
  );

function refuseHalfACell({ workload, context }: DecideOptions): void {
  if ((workload === undefined) === (context === undefined)) return;
  throw new PreflightError(
    'ERR_CELL_HALF',
    workload === undefined ? '--context without --workload' : '--workload without --context',
    'Name both for one cell, or none for the whole decision.',
  );
}

function cellAsked({ workloads }: Decision, { workload, context }: DecideOptions): Cell | null {
  if (workload === undefined || context === undefined) return null;
  const found = workloads.find(({ name }) => name === workload);
  if (found === undefined) {
    const known = workloads.map(({ name }) => name).join(', ') || 'none';
    throw new PreflightError('ERR_WORKLOAD_UNKNOWN', `no such workload: ${workload}`, `The workloads are: ${known}.`);
  }
  const cell = found.cells.find((each) => each.context === context);
  if (cell !== undefined) return cell;
  const known = found.cells.map((each) => each.context).join(', ') || 'none';
  throw new PreflightError('ERR_CONTEXT_UNKNOWN', `no such context: ${context}`, `The contexts are: ${known}.`);
}

function emitterOf(name: string | undefined): ((decision: Decision) => string) | null {
  if (name === undefined) return null;
  if (name === 'databricks') return emitDatabricks;
  throw new PreflightError(
    'ERR_EMIT_UNKNOWN',
    `nothing is emitted for ${name}`,
    'What can be emitted is `databricks`.',
  );
}
