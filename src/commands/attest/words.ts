import { holdsUntil, type Placed, type Verification } from '../../attest/verify.ts';
import type { Statement } from '../../model/statement.ts';
import { plain } from '../../render/layout.ts';

/** What `verify` prints: a line for each placement that holds, or every reason why not; and always the waivers that the statement rests on. */
export function verificationLines(
  { statement, placed, objections }: Verification,
  { verbose }: { readonly verbose: boolean },
): readonly string[] {
  const answers =
    objections.length === 0 && statement !== null
      ? placed.map((one) => verifiedLine(one, statement))
      : objections.map(({ kind, says }) => `${kind}: ${says}`);
  const about = statement === null ? [] : [...waiverLines(statement), ...(verbose ? statementLines(statement) : [])];
  // two tasks of a bundle may ask for the same
  return [...new Set([...answers, ...about].map(plain))];
}

function verifiedLine(placed: Placed, statement: Statement): string {
  const { asked, cell } = placed;
  const remarks = [
    ...(cell.declared ? ['declared to connect to nothing, and no evidence stands behind it'] : []),
    ...(cell.warnings.length > 0 ? [`with warnings: ${cell.warnings.map(({ rule }) => rule).join(', ')}`] : []),
    ...(statement.predicate.lab ? ['from evidence of a lab'] : []),
  ];
  const until = holdsUntil(statement, [placed]);
  return [`verified: ${asked.workload} may run on ${asked.context} until ${until}`, ...remarks].join('; ');
}

const waiverLines = ({ predicate: { workloads } }: Statement): readonly string[] =>
  workloads.flatMap(({ name, cells }) =>
    cells.flatMap(({ context, waived }) =>
      waived.map(
        ({ target, rule, until, approvedBy, ticket, reason }) =>
          `waived: ${rule} of ${target} for ${name} on ${context}, until ${until}, approved by ${approvedBy} (${ticket}): ${reason}`,
      ),
    ),
  );

function statementLines({ predicate }: Statement): readonly string[] {
  const { decidedAt, expiresAt, commit, tool, config, policy, contexts, strategy, handoffs } = predicate;
  return [
    `decided: ${decidedAt}, expires ${expiresAt}, commit ${commit ?? 'unknown'}`,
    `tool: ${tool.name} ${tool.version} ${tool.digest}`,
    `configuration: ${config === null ? 'none, as the evidence itself says' : `sha256:${config.whole}`}`,
    `policy: ${JSON.stringify(policy)}`,
    `strategy: ${strategy ?? 'none is recommended'}`,
    ...handoffs.map(
      ({ target, writtenIn, readIn, verdict, observed }) =>
        `handoff: ${verdict} through ${target}, written in ${writtenIn} and read in ${readIn}: ${observed}`,
    ),
    ...contexts.flatMap(({ name, vantages }) =>
      vantages.map(
        ({ vantage, runs, firstAt, lastAt }) =>
          `evidence: ${runs.counted} runs count on ${name} from ${vantage}, ${firstAt ?? 'never'} to ${lastAt ?? 'never'}`,
      ),
    ),
  ];
}
