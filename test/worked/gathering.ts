import { stringify } from 'yaml';
import type { Ended, Workspace } from '../kit/cli.ts';

/** Runs of the built command in one context, each of its own host and an hour after the one before it. */
export type Series = {
  readonly context: string;
  /** The evidence folder. */
  readonly folder: string;
  readonly config: object;
  /** Of the first run. */
  readonly startMs: number;
  readonly runs: number;
  /** Names of the targets; all where there is none. */
  readonly targets?: readonly string[];
};

export const HOUR_MS = 3_600_000;
/** One more than a small machine has processors, since runs that hold connections mostly wait. */
const AT_ONCE = 3;

/** Fails where a run could not be made; what it found is another matter. */
export async function gather(
  series: Series,
  workspace: Workspace,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const left = Array.from({ length: series.runs }, (_, nth) => nth);
  const inTurn = async () => {
    for (let nth = left.shift(); nth !== undefined; nth = left.shift()) {
      const { exit, stderr } = await oneRun(series, nth, workspace, env);
      if (exit === null || ![0, 1, 3].includes(exit)) throw new Error(`a run ended with ${exit}:\n${stderr}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
}

function oneRun(
  { context, folder, config, startMs, targets }: Series,
  nth: number,
  workspace: Workspace,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  const startedMs = startMs + nth * HOUR_MS;
  const at = new Date(startedMs).toISOString();
  const file = `${folder}-${nth}.yaml`;
  workspace.write(file, stringify({ ...config, lab: { bootId: `${context}-${startedMs}`, at } }, { lineWidth: 0 }));
  const what = targets === undefined ? ['all'] : ['run', ...targets];
  const where = ['--context', context, '--config', file, '--evidence', folder];
  return workspace.probe([...what, ...where], { env });
}
