import { openFolder } from '../evidence/store.ts';
import type { Plan, PlannedTarget, ServerLoad } from '../model/plan.ts';
import { PreflightError } from '../model/preflight-error.ts';
import type { Context } from '../model/records.ts';
import { EXIT } from '../model/verdict.ts';
import { planOf } from '../preflight.ts';
import type { Io } from './io.ts';
import { runHeader } from './run-header.ts';
import { chosen, contextOf, type RunOptions, scopeOf } from './run-options.ts';
import { profileOf, type SettingOut, setOut } from './setting-out.ts';

export type PlanOptions = RunOptions & { readonly privileges?: boolean };

/** `probe plan`: what a run of these targets, or of all, will do to each server, for a change ticket. No network. */
export async function plan(names: readonly string[], options: PlanOptions, io: Io): Promise<number> {
  const format = formatOf(options.report);
  await using out = await setOut(options, io, 'resolve');
  const { config, redaction } = out;
  const profile = profileOf(options.profile, config.sampling.profile);
  const context = contextOf(config, options, out.lab, io);
  const planned = planOf({
    config,
    profile,
    scope: scopeOf(options.scope, context, profile),
    only: chosen(names.length === 0 ? null : names, options, config),
    context,
    store: options.evidence === undefined ? null : openFolder(options.evidence, 'read'),
  });
  const text = textOf(format, planned, { out, context, io, options });
  io.out(redaction.text(text, { freeText: false }));
  return EXIT.ok;
}

type Asked = {
  readonly out: SettingOut;
  readonly context: Context;
  readonly io: Io;
  readonly options: PlanOptions;
};

function textOf(format: Format, planned: Plan, { out, context, io, options }: Asked): string {
  switch (format) {
    case 'json':
      return jsonOf(planned);
    case 'table':
      return tableOf(planned, options.privileges === true);
    case 'run-record':
      return runHeader(planned, { out, context, io });
    default:
      return format satisfies never;
  }
}

const FORMATS = ['table', 'json', 'run-record'] as const;
type Format = (typeof FORMATS)[number];

function formatOf(texts: readonly string[]): Format {
  const [text = 'table', ...more] = texts;
  const format = FORMATS.find((one) => one === text);
  if (more.length === 0 && format !== undefined) return format;
  throw new PreflightError(
    'ERR_REPORT_FORMAT',
    `a plan cannot be shown as ${texts.join(', ')}`,
    'The formats are table, json and run-record.',
  );
}

function jsonOf({ profile, scope, limits, runs, durationMs, servers, targets, warnings }: Plan): string {
  const shown = {
    profile,
    scope,
    limits,
    runs,
    durationMs,
    servers,
    targets: targets.map(({ record, bound, attempts, spare, checks, parts, holds }) => ({
      name: record.name,
      type: record.type,
      endpoint: record.endpoint,
      identity: record.identity,
      attempts: attempts.most,
      spare,
      checks,
      parts,
      holds,
      heldBy: record.heldBy,
      privileges: bound.privileges,
      differences: record.differences,
    })),
    warnings,
  };
  return `${JSON.stringify(shown, null, 2)}\n`;
}

function tableOf(planned: Plan, withPrivileges: boolean): string {
  const { profile, scope, limits, runs, durationMs, servers, targets, warnings } = planned;
  const lines = [
    `Profile ${profile}, scope ${scope}: ${targets.length} ${targets.length === 1 ? 'target' : 'targets'}, at most about ${Math.ceil(durationMs / 1_000)} s a run.`,
    `Never more than ${Number(limits.newConnectionsPerSecond.toPrecision(3))} new connections a second and ${limits.openConnections} open at once on one server, holds apart.`,
    runs === null
      ? 'One run is judged alone.'
      : `A pass needs ${runs} clean runs: the totals below are for one run, then for all of them.`,
    '',
    ...servers.flatMap((server) => serverLines(server, runs)),
    ...targets.flatMap((target) => localLines(target, runs)),
    ...(withPrivileges ? ['Privileges:', ...privilegeLines(planned), ''] : []),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function serverLines(server: ServerLoad, runs: number | null): string[] {
  const { address, targets, identities, connections, logins, joins, commits, bytes, openAtOnce, durationMs } = server;
  const { holds, heldAtOnce, heldMs } = server;
  const amount = (what: string, count: number) =>
    `${what} ${count}${runs === null ? '' : ` (${count * runs} in ${runs} runs)`}`;
  return [
    `${address}  for ${targets.join(', ')}${identities.length === 0 ? '' : `, as ${identities.join(', ')}`}`,
    `  ${amount('connections', connections)}, at once ${openAtOnce}; ${amount('logins', logins)}; ${amount('joins', joins)}; ${amount('commits', commits)}`,
    `  ${amount('about kB', Math.ceil(bytes / 1_000))}; ${Math.ceil(durationMs / 1_000)} s`,
    ...(holds === 0
      ? []
      : [
          `  holds ${holds}${runs === null ? '' : ' (in three of the runs)'}, at once ${heldAtOnce}, held for ${Math.ceil(heldMs / 1_000)} s at the longest`,
        ]),
    '',
  ];
}

/** A path, a file, a variable: what connects to nothing is tried all the same, and a path is written to. */
function localLines({ record, bound, attempts }: PlannedTarget, runs: number | null): string[] {
  if (bound.footprint.servers.length > 0) return [];
  const all = runs === null ? '' : ` (${attempts.most * runs} in ${runs} runs)`;
  return [`${record.endpoint}  for ${record.name}`, `  attempts ${attempts.most}${all}; connects to no server`, ''];
}

const privilegeLines = ({ targets }: Plan): string[] =>
  targets.flatMap(({ record, bound }) => [`  ${record.name}:`, ...bound.privileges.map((line) => `    ${line}`)]);
