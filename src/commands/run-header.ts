import { randomUUID } from 'node:crypto';
import { isMapping } from '../config/plain.ts';
import { parseYaml } from '../config/yaml-source.ts';
import type { Plan } from '../model/plan.ts';
import type { Context } from '../model/records.ts';
import { runRecord } from '../preflight.ts';
import { invokerOf } from './invoker.ts';
import type { Io } from './io.ts';
import type { SettingOut } from './setting-out.ts';

type Setting = { readonly out: SettingOut; readonly context: Context; readonly io: Io };

/**
 * For whoever gathers evidence where this tool cannot run, such as Spark's own sources: the record that begins a run, what each target may
 * be asked, and its settings as written. References stay references, so that no secret is in it.
 */
export function runHeader(planned: Plan, { out: { config, source, lab }, context, io }: Setting): string {
  const { profile, scope, limits, targets } = planned;
  const run = runRecord(
    {
      run: randomUUID(),
      profile,
      scope,
      config,
      embeddedLab: lab !== null,
      context,
      invoker: invokerOf(io),
      requestedAt: null,
    },
    planned,
  );
  // a number tells apart those that redaction makes look alike
  const identities = targets.map(({ record }) => record.identity);
  const shown = {
    run,
    limits,
    folder: source.folder ?? null,
    targets: targets.map(({ record, attempts, identityStanding }) => ({
      name: record.name,
      attempts: attempts.most,
      identityStanding,
      identityGroup: record.identity === null ? null : identities.indexOf(record.identity),
      settings: writtenOf(source.text, record.name),
    })),
  };
  return `${JSON.stringify(shown)}\n`;
}

function writtenOf(text: string, target: string): unknown {
  const document = parseYaml(text).value;
  const targets = isMapping(document) ? document['targets'] : null;
  return isMapping(targets) ? (targets[target] ?? null) : null;
}
