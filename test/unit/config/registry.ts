import { z } from 'zod';
import { type LoadOptions, loadConfig } from '../../../src/config/load.ts';
import type { ConfigSource } from '../../../src/config/read.ts';
import { PreflightError } from '../../../src/model/preflight-error.ts';
import { type Description, type Probe, type Registry, seal } from '../../../src/model/probe.ts';
import { type FileValue, fileValued, path, secret, spanMs } from '../../../src/model/settings.ts';

// Probes that connect to nothing: their schemas use every mark and every shape that the loader walks.

const description = (endpoint: string, more: Partial<Description> = {}): Description => ({
  endpoint,
  footprint: {
    identity: null,
    servers: [{ address: endpoint, connections: 1, logins: 1, joins: 0, commits: 0, bytes: 100 }],
  },
  differences: [],
  untestable: null,
  secrets: [],
  parts: [],
  deadlinesMs: {},
  privileges: [],
  ...more,
});

const port = () => z.int().min(1).max(65_535);

const databaseSettings = z.strictObject({
  url: z
    .string()
    .regex(/^db:\/\/.+/, 'expected a URL such as db://host:1433')
    .optional(),
  host: z.string().min(1).default('localhost'),
  port: port().default(1433),
  user: z.string().min(1).optional(),
  password: secret().optional(),
  tls: z.boolean().optional(),
  certificate: z.strictObject({ cert: fileValued(), key: fileValued().optional() }).optional(),
  ca: fileValued().optional(),
  source: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('file'), path: path() }),
      z.strictObject({ type: z.literal('login'), clientSecret: secret(), tokenUrl: z.string() }),
    ])
    .optional(),
  properties: z.record(z.string(), z.string()).optional(),
  mode: z.enum(['fast', 'slow']).optional(),
});

type Database = z.output<typeof databaseSettings>;

/** What the latest bind of the probe `database` was given, for tests that ask what reaches a probe. */
export const bindings: Database[] = [];

const database: Probe<
  Database,
  { readonly status?: number | undefined; readonly keeps?: number | undefined },
  unknown
> = {
  type: 'database',
  title: 'a database that is never connected to',
  stages: ['resolve', 'connect', 'authenticate'],
  holds: ['idle'],
  settings: databaseSettings,
  expect: z.strictObject({ status: z.int().optional(), keeps: spanMs().optional() }),
  observation: z.unknown(),
  describe(settings) {
    bindings.push(settings);
    const inUrl = /^db:\/\/[^:@]+:([^@]+)@/.exec(settings.url ?? '')?.[1];
    return description(`${settings.host}:${settings.port}`, inUrl === undefined ? {} : { secrets: [inUrl] });
  },
  rules: [],
  load: () => Promise.reject(new Error('never loaded here')),
};

const keystoreSettings = z.strictObject({ keystore: z.strictObject({ path: fileValued(), password: secret() }) });

const keystore: Probe<{ readonly keystore: { readonly path: FileValue } }, unknown, unknown> = {
  type: 'keystore',
  title: 'a keystore whose password is always wrong',
  stages: ['connect'],
  holds: [],
  settings: keystoreSettings,
  expect: z.strictObject({}),
  observation: z.unknown(),
  describe: () => {
    throw new PreflightError('ERR_KEYSTORE', 'the keystore cannot be opened', 'check its password');
  },
  rules: [],
  load: () => Promise.reject(new Error('never loaded here')),
};

export const registry: Registry = [seal(database), seal(keystore)];

export const NOW = new Date('2026-11-24T12:00:00Z');

export const source = (text: string, folder = '/nowhere'): ConfigSource => ({ path: 'probe.yaml', folder, text });

export const load = (text: string, options: Partial<LoadOptions> & { readonly folder?: string } = {}) =>
  loadConfig(source(text, options.folder), {
    registry,
    env: {},
    secrets: null,
    references: 'resolve',
    now: NOW,
    ...options,
  });

/** The message that a configuration is refused with. */
export function refusal(text: string, options: Parameters<typeof load>[1] = {}): string {
  try {
    load(text, options);
  } catch (error) {
    if (error instanceof PreflightError) return `${error.code}\n${error.message}`;
    throw error;
  }
  throw new Error('the configuration was accepted');
}
