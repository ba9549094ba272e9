import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { memoryStore, openFolder } from '../evidence/store.ts';
import type { Plan } from '../model/plan.ts';
import { PreflightError } from '../model/preflight-error.ts';
import { EXIT } from '../model/verdict.ts';
import { preflight } from '../preflight.ts';
import { defectText, tellDefects } from './defect.ts';
import { hostOf } from './host.ts';
import { invokerOf } from './invoker.ts';
import type { Io } from './io.ts';
import { progressOf } from './progress.ts';
import { type Destination, destinationsOf, publish } from './publish.ts';
import { publishingTo } from './publishing.ts';
import { requestedAtOf } from './requested-at.ts';
import { chosen, contextOf, type RunOptions, scopeOf } from './run-options.ts';
import { profileOf, setOut } from './setting-out.ts';

/** `probe all`, `probe run NAME…` and `probe run --type T`. */
export async function run(names: readonly string[] | null, options: RunOptions, io: Io): Promise<number> {
  const destinations = destinationsOf(options.report, io.cwd);
  for (const folder of [options.evidence, options.publish]) {
    if (folder !== undefined) refuseWithin(resolve(io.cwd, folder), destinations);
  }
  await using out = await setOut(options, io, 'resolve');
  const { config, redaction, env } = out;
  for (const warning of config.warnings) io.err(`warning: ${warning}\n`);
  if (config.lab !== null) io.err(`lab: this run is written as of ${config.lab.at} on host ${config.lab.bootId}\n`);
  const profile = profileOf(options.profile, config.sampling.profile);
  const context = contextOf(config, options, out.lab, io);
  const publishing = publishingTo(options, io);
  const requestedAt = requestedAtOf(options.requestedAt, config.lab?.at ?? new Date().toISOString());
  const { report, defects } = await preflight({
    run: randomUUID(),
    requestedAt,
    config,
    embeddedLab: out.lab !== null,
    registry: await io.registry(),
    context,
    profile,
    scope: scopeOf(options.scope, context, profile),
    only: chosen(names, options, config),
    store: options.evidence === undefined ? memoryStore() : openFolder(options.evidence, 'write'),
    publication: publishing.publication,
    host: hostOf(io),
    environment: env,
    invoker: invokerOf(io),
    redaction,
    signal: io.signal,
    ...announcing(io),
  });
  if (io.signal.aborted) io.err('probe: interrupted; the report says what was found until then\n');
  tellDefects(defects, io);
  publish(report, destinations, redaction, io);
  // whoever judges the volume later would not see this run, whatever it found
  if (publishing.isLost()) return EXIT.usage;
  return report.targets.length === 0 ? EXIT.inconclusive : report.exitCode;
}

/** A report among the evidence would be a foreign file at the next run. */
function refuseWithin(folder: string, destinations: readonly Destination[]): void {
  const inside = destinations.find(({ path }) => path !== null && dirname(path) === folder);
  if (inside === undefined) return;
  throw new PreflightError(
    'ERR_REPORT_FILE',
    `the report ${inside.path} would lie among the evidence, where everything that is no evidence keeps a verdict from passing`,
    'Write the report beside the evidence folder, not into it.',
  );
}

function announcing(io: Io) {
  const progress = progressOf((line) => io.err(`${line}\n`));
  return {
    planned: (plan: Plan) => progress.planned(plan),
    progressed: progress.progressed,
    broke(target: string, error: unknown) {
      io.err(`${target}: ${defectText(error)}\n`);
      io.broke(error);
    },
  };
}
