import { posix } from 'node:path';
import { type Import, importsOf, type Source } from './sources.ts';

// Who may import whom; type-only imports count.

/** Beside itself, what each part of the project may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  tool: [],
  sample: ['model'],
  render: ['model'],
  net: ['model'],
  config: ['model'],
  formats: ['model'],
  context: ['model'],
  evidence: ['model'],
  analyze: ['model'],
  plan: ['model', 'analyze'],
  judge: ['model', 'analyze'],
  decide: ['model', 'analyze', 'judge'],
  attest: ['model', 'decide'],
  probe: ['model', 'net', 'formats'],
  registry: ['model', 'probe'],
  fixtures: [],
};

/** The lab and the echo stand behind commands, and are loaded only by who asks for them. */
const LOADS_FIXTURES: ReadonlySet<string> = new Set([
  'src/commands/lab.ts',
  'src/commands/echo.ts',
  'src/commands/setting-out.ts',
]);

/** The second for Node's own version alone, which no surroundings change. */
const READS_PROCESS: ReadonlySet<string> = new Set(['src/cli.ts', 'src/context/detect.ts']);

/** `model`, `plan`, … for folders of src; `probe/kafka`, `registry`, `fixtures`; a file of src itself by its name. */
function partOf(path: string): string {
  const [root = '', second = '', third] = path.split('/');
  if (root === 'probes') return third === undefined ? 'registry' : `probe/${second}`;
  return root === 'src' ? second.replace(/\.ts$/, '') : root;
}

/** What each of these files imports and may not, a sentence each. */
export const importViolations = (sources: readonly Source[]): readonly string[] =>
  sources.flatMap((source) =>
    importsOf(source)
      .filter((one) => !mayImport(source.path, one))
      .map(({ specifier }) => `${source.path} may not import ${specifier}`),
  );

function mayImport(importer: string, { specifier, dynamic }: Import): boolean {
  if (specifier === '(computed)') return false;
  if (specifier === 'node:process') return READS_PROCESS.has(importer) || importer.startsWith('fixtures/');
  if (!specifier.startsWith('.')) return true;
  const imported = posix.join(posix.dirname(importer), specifier);
  const [from, to] = [partOf(importer), partOf(imported)];
  if (from === to) return true;
  if (to === 'cli') return false;
  if (to === 'fixtures') return dynamic && LOADS_FIXTURES.has(importer);
  if (to === 'registry' || to.startsWith('probe/')) {
    return importer === 'src/cli.ts' ? to === 'registry' : from === 'registry';
  }
  if (from === 'commands' || from === 'preflight' || from === 'placement' || from === 'cli')
    return imported.startsWith('src/');
  return MAY_IMPORT[from.startsWith('probe/') ? 'probe' : from]?.includes(to) === true;
}

/** What a file brings with it when it is loaded: the packages that it and what it imports import at once. */
export function packagesLoadedBy(path: string, sources: readonly Source[]): ReadonlySet<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const packages = new Set<string>();
  const seen = new Set<string>();
  const open = [path];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const source = byPath.get(next);
    if (source === undefined || seen.has(next)) continue;
    seen.add(next);
    for (const { specifier, dynamic, typeOnly } of importsOf(source)) {
      if (dynamic || typeOnly) continue;
      if (specifier.startsWith('.')) open.push(posix.join(posix.dirname(next), specifier));
      else packages.add(specifier);
    }
  }
  return packages;
}
