import { describe, expect, test, vi } from 'vitest';
import { importViolations, packagesLoadedBy } from './kit/import-rules.ts';
import { callsOf, filesIn, foldersIn, type Source, sourcesOf, usesName, valuesOf } from './kit/sources.ts';

// all of them are parsed
vi.setConfig({ testTimeout: 60_000 });

const OURS = sourcesOf('src', 'probes');
const ALL = [...OURS, ...sourcesOf('fixtures')];
const PROBES = foldersIn('probes');

const source = (path: string, ...lines: readonly string[]): Source => ({ path, text: lines.join('\n') });
const named = (path: string): Source => {
  const found = ALL.find((one) => one.path === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
};

describe('every part imports only what it may', () => {
  test('in all that stands', () => {
    expect(ALL.length).toBeGreaterThan(100);
    expect(importViolations(ALL)).toEqual([]);
  });

  test.each([
    ['src/model/probe.ts', "import { plan } from '../plan/plan.ts';"],
    ['src/sample/target.ts', "import type { RunTally } from '../analyze/live.ts';"],
    ['src/sample/target.ts', "export { judge } from '../judge/judge.ts';"],
    ['src/judge/judge.ts', "const late = import('../evidence/read.ts');"],
    ['src/judge/judge.ts', "type Plan = import('../plan/plan.ts').Plan;"],
    ['src/render/table.ts', "import '../judge/words.ts';"],
    ['src/plan/plan.ts', "import { sample } from '../sample/sample.ts';"],
    ['src/decide/decide.ts', "import { plan } from '../plan/plan.ts';"],
    ['src/attest/sign.ts', "import { judge } from '../judge/judge.ts';"],
    ['src/evidence/read.ts', "import type { Io } from '../commands/io.ts';"],
    ['src/model/probe.ts', "import { TOOL } from '../tool.ts';"],
    ['src/preflight.ts', "import { REGISTRY } from '../probes/index.ts';"],
    ['src/commands/run.ts', "import { REGISTRY } from '../../probes/index.ts';"],
    ['src/commands/run.ts', "const late = import('../../probes/kafka/probe.ts');"],
    ['src/commands/run.ts', "import { main } from '../cli.ts';"],
    ['src/commands/run.ts', "import { startLab } from '../../fixtures/lab.ts';"],
    ['src/commands/run.ts', "const late = import('../../fixtures/lab.ts');"],
    ['src/commands/lab.ts', "import { startLab } from '../../fixtures/lab.ts';"],
    ['src/commands/run.ts', 'const late = import(name);'],
    ['src/cli.ts', "import { kafka } from '../probes/kafka/probe.ts';"],
    ['probes/kafka/client.ts', "import { classify } from '../mtls/causes.ts';"],
    ['probes/kafka/client.ts', "import type { Observation } from '../tcp/probe.ts';"],
    ['probes/kafka/client.ts', "import { REGISTRY } from '../index.ts';"],
    ['probes/kafka/client.ts', "import { sample } from '../../src/sample/sample.ts';"],
    ['probes/kafka/client.ts', "import { startBroker } from '../../fixtures/kafka/broker.ts';"],
    ['probes/kafka/client.ts', "import process from 'node:process';"],
    ['src/config/load.ts', "import { env } from 'node:process';"],
    ['fixtures/kafka/wire.ts', "import { frames } from '../../probes/kafka/connection.ts';"],
    ['fixtures/lab.ts', "import type { Config } from '../src/model/config.ts';"],
  ])('so that in %s this is found: %s', (path, line) => {
    expect(importViolations([source(path, '// a comment', line)])).toEqual([
      expect.stringContaining(`${path} may not import`),
    ]);
  });

  test.each([
    ['src/sample/target.ts', "import type { Stop } from '../model/records.ts';"],
    ['src/commands/lab.ts', "const late = import('../../fixtures/lab.ts');"],
    ['src/commands/run.ts', "import { preflight } from '../preflight.ts';"],
    ['src/cli.ts', "const late = import('../probes/index.ts');"],
    ['probes/kafka/client.ts', "import { connect } from '../../src/net/connect.ts';"],
    ['src/model/probe.ts', "// import { plan } from '../plan/plan.ts';", 'const text = "import \'../plan/plan.ts\'";'],
  ])('and in %s this is none: %s', (path, ...lines) => {
    expect(importViolations([source(path, ...lines)])).toEqual([]);
  });
});

describe('the process is touched by src/cli.ts alone', () => {
  const touching = (sources: readonly Source[]) =>
    sources.filter((one) => ['process', 'globalThis'].some((name) => usesName(one, name))).map(({ path }) => path);

  test('in all that stands', () => {
    expect(touching(OURS)).toEqual(['src/cli.ts']);
  });

  test.each([
    'const { env } = process;',
    'export const cwd = () => process.cwd();',
    'const all = { process };',
    'void globalThis.process.exit(1);',
    "void globalThis['process'];",
  ])('so that this is found: %s', (line) => {
    expect(touching([source('src/plan/plan.ts', line)])).toEqual(['src/plan/plan.ts']);
  });

  test.each([
    '/* process.env */ const text = "process.exit";',
    'const context = { process: { index: 0, of: 1 } };',
    'export const index = context.process.index;',
    'type Context = { readonly process: { readonly of: number } };',
    'const { process: one } = context;',
  ])('and this is none: %s', (line) => {
    expect(touching([source('src/plan/plan.ts', line)])).toEqual([]);
  });
});

describe('a probe', () => {
  test.each(PROBES)('%s has the page to read first, its client, its table of causes and its README', (name) => {
    // what a plain socket says is in src/net/causes.ts
    const expected = ['README.md', ...(name === 'tcp' ? [] : ['causes.ts']), 'client.ts', 'probe.ts'];
    expect(filesIn(`probes/${name}`)).toEqual(expect.arrayContaining(expected));
  });

  const LIBRARIES = ['tedious', 'mssql', 'kafkajs', 'undici', '@aws-sdk', '@azure'];

  test.each(PROBES.map((name) => `probes/${name}/probe.ts`))(
    'is described by %s without any client library',
    (path) => {
      const loaded = [...packagesLoadedBy(path, ALL)];
      expect(loaded).toContain('zod');
      expect(
        loaded.filter((name) => LIBRARIES.some((library) => name === library || name.startsWith(`${library}/`))),
      ).toEqual([]);
    },
  );

  test('that loads one by way of another file is found', () => {
    const planted = [
      source('probes/kafka/probe.ts', "import { settings } from './settings.ts';"),
      source('probes/kafka/settings.ts', "import { Kafka } from 'kafkajs';"),
    ];
    expect([...packagesLoadedBy('probes/kafka/probe.ts', planted)]).toEqual(['kafkajs']);
  });

  test('has a type that is no command, since `probe TYPE` is short for `probe run --type TYPE`', () => {
    const commands = OURS.filter(({ path }) => path === 'src/cli.ts' || path.startsWith('src/commands/')).flatMap(
      (one) => callsOf(one, 'command'),
    );
    expect(commands).toEqual(expect.arrayContaining(['all', 'run', 'plan', 'judge']));
    const types = PROBES.flatMap((name) => valuesOf(named(`probes/${name}/probe.ts`), 'type'));
    expect(types).toEqual(expect.arrayContaining(['sqlserver', 'kafka', 'mtls', 'egress', 'token', 'storage', 'tcp']));
    expect(commands.filter((name) => types.includes(name))).toEqual([]);
  });
});

describe('a file', () => {
  /** One table of texts, by design. */
  const TABLES = ['src/model/causes.ts'];
  const MOST_LINES = 300;

  test('has at most 300 lines', () => {
    const long = ALL.filter(({ text }) => text.trimEnd().split('\n').length > MOST_LINES).map(({ path }) => path);
    expect(long.filter((path) => !TABLES.includes(path))).toEqual([]);
  });
});
