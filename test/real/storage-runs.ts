import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { evidenceIn, openWorkspace, reportIn, type Workspace } from '../kit/cli.ts';

const seen = z.object({
  wrote: z.string(),
  back: z.string(),
  read: z.array(z.object({ context: z.string(), run: z.string(), digest: z.string() })),
  damaged: z.int(),
  deletes: z.boolean().nullable(),
});
export type Seen = z.infer<typeof seen>;

/** A workspace whose runs, in one context or another, try these targets five times each. */
export const openContexts = (targets: Readonly<Record<string, object>>): Promise<Workspace> =>
  openWorkspace({
    version: 1,
    // the server is ours alone, so that the limits need not spare it
    sampling: { profile: 'quick', pace: '50/s', open: 24, attempts: 5 },
    targets,
    contexts: { dedicated: { ephemeral: false }, serverless: { ephemeral: true }, pod: { ephemeral: true } },
  });

export type ContextRun = {
  readonly run: string;
  readonly exit: number | null;
  /** What its attempts observed, in their order, by target. */
  readonly seen: Readonly<Record<string, readonly Seen[]>>;
  readonly report: ReturnType<typeof reportIn>;
};

export async function runIn(
  workspace: Workspace,
  context: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ContextRun> {
  const folder = `evidence-${randomUUID()}`;
  const args = ['all', '--context', context, '--scope', 'run', '--evidence', folder, '--report', 'json'];
  const ended = await workspace.probe(args, { env });
  const report = reportIn(ended);
  const records = evidenceIn(workspace.path(folder));
  const observed: Record<string, Seen[]> = {};
  let run = '';
  for (const record of records) {
    run ||= record.run;
    if (record.record !== 'attempt' || record.observation === null) continue;
    observed[record.target] = [...(observed[record.target] ?? []), seen.parse(record.observation)];
  }
  return { run, exit: ended.exit, seen: observed, report };
}
