import { arch, availableParallelism, platform, release } from 'node:os';
import { version } from 'node:process';
import type { ContextDeclaration } from '../model/config.ts';
import type { Context, Vantage } from '../model/records.ts';
import { processIn } from './process.ts';
import { KINDS, type Kind, SIGNS } from './signs.ts';

export type ContextRequest = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null where there is no such file. */
  readonly readFile: (path: string) => string | null;
  readonly hostname: string;
  readonly declared: readonly ContextDeclaration[];
  /** The operator's name for it. */
  readonly name: string | null;
  readonly vantage: Vantage;
};

const LONGEST_VALUE = 64;

/** Where this process runs: its signs first, then the label. Nothing that is observed makes a context stable; only a declaration does. */
export function detectContext(request: ContextRequest): Context {
  const seen = SIGNS.flatMap((sign) => {
    const value = found(sign.name, request);
    return value === null ? [] : [{ ...sign, value }];
  });
  const kind = kindOf(seen.map(({ says, value }) => says(value)).filter((each) => each !== null));
  const name = request.name ?? kind;
  const declaration = request.declared.find((each) => each.name === name);
  return {
    name,
    kind,
    ephemeral: declaration?.ephemeral ?? true,
    vantage: request.vantage,
    bootId: request.readFile('/proc/sys/kernel/random/boot_id')?.trim() || null,
    process: processIn(request.env),
    signs: Object.fromEntries(
      seen.map((sign) => [sign.name, sign.keep === 'value' ? sign.value.slice(0, LONGEST_VALUE) : 'present']),
    ),
    host: {
      hostname: request.hostname,
      platform: platform(),
      release: release(),
      arch: arch(),
      cpus: String(availableParallelism()),
      node: version,
    },
  };
}

function found(name: string, { env, readFile }: ContextRequest): string | null {
  const [source, place = ''] = name.split(/:(.*)/, 2);
  if (source === 'file') return readFile(place)?.trim() ?? null;
  return env[place] || null;
}

/**
 * The most particular kind that is said: a cluster of Databricks may well be a pod of Kubernetes. Where signs of Databricks contradict each
 * other the kind is unknown, since a wrong label is worse than none.
 */
function kindOf(said: readonly Kind[]): Kind {
  if (said.includes('unknown')) return 'unknown';
  if (said.includes('databricks-serverless') && said.includes('databricks-classic')) return 'unknown';
  return KINDS.find((kind) => said.includes(kind)) ?? 'host';
}
