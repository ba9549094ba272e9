import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';
import { EXIT } from '../model/verdict.ts';
import { type Assembled, assemble, leftOutLines } from './init/assemble.ts';
import { documentOf } from './init/document.ts';
import { together } from './init/draft.ts';
import { draftOf, jobsDraftOf } from './init/source.ts';
import type { Io } from './io.ts';

export type InitOptions = {
  readonly from: readonly string[];
  readonly jdbc: readonly string[];
  readonly fromJobs?: readonly string[];
  readonly output?: string;
};

/** `probe init`: a configuration from what people hold already. No secret of it is copied. */
export async function init(options: InitOptions, io: Io): Promise<number> {
  const sources = await sourcesOf(options, io);
  const assembled = assemble(together(sources.map(({ text, shown, read }) => read(text, shown))), await io.registry());
  if (assembled.targets.length === 0)
    throw new PreflightError(
      'ERR_INIT_NOTHING',
      'nothing in it can be tried',
      leftOutLines(assembled.unmapped).join('\n'),
    );
  const text = documentOf(assembled);
  if (options.output === undefined) io.out(text);
  else {
    writeNew(options.output, text, io);
    io.err(`probe: wrote ${options.output}\n`);
  }
  io.err(neededText(assembled));
  if (options.fromJobs !== undefined)
    io.err('probe: what no job says is TODO, and `probe check` refuses the file until you have said it\n');
  if (options.jdbc.some((url) => /password|secret|token/i.test(url)))
    io.err(
      'probe: a command line can be seen by others on this machine: better pass a URL with a secret to --from -\n',
    );
  return EXIT.ok;
}

type Content = { readonly text: string; readonly shown: string; readonly read: typeof draftOf };

async function sourcesOf({ from, jdbc, fromJobs = [] }: InitOptions, io: Io): Promise<readonly Content[]> {
  if (from.length + jdbc.length + fromJobs.length === 0)
    throw new PreflightError(
      'ERR_INIT_SOURCE',
      'nothing to write a configuration from',
      'Give it what the workload has: --jdbc URL, or --from FILE with a Kafka .properties file, Spark options or a Databricks job.',
    );
  const contents: Content[] = [];
  for (const file of from) contents.push({ ...(await contentOf(file, io)), read: draftOf });
  for (const file of fromJobs) contents.push({ ...(await contentOf(file, io)), read: jobsDraftOf });
  return [...contents, ...jdbc.map((text) => ({ text, shown: '--jdbc', read: draftOf }))];
}

async function contentOf(file: string, io: Io): Promise<Omit<Content, 'read'>> {
  if (file === '-') return { text: await io.readStdin(), shown: 'standard input' };
  try {
    return { text: readFileSync(resolve(io.cwd, file), 'utf8'), shown: file };
  } catch (error) {
    throw new PreflightError('ERR_INIT_SOURCE', `${file} cannot be read (${codeOf(error)})`, null, { cause: error });
  }
}

/** Never over a file that is there: someone may have worked on it. */
function writeNew(file: string, text: string, io: Io): void {
  try {
    writeFileSync(resolve(io.cwd, file), text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const exists = codeOf(error) === 'EEXIST';
    throw new PreflightError(
      'ERR_INIT_OUTPUT',
      exists ? `${file} is there already, and is not written over` : `${file} cannot be written (${codeOf(error)})`,
      'Name a new file with --output, or leave it out and get the configuration on standard output.',
      { cause: error },
    );
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

/** Names alone: what they held stays where it was. */
function neededText({ needed: { variables, secrets } }: Assembled): string {
  const named = [...variables].map(([name, what]) => `  ${name}  (${what})\n`);
  return [
    ...(named.length === 0 ? [] : ['probe: set these variables before a run; no secret was copied:\n', ...named]),
    ...(secrets.size === 0 ? [] : [`probe: and give these with --secrets-stdin: ${[...secrets].join(', ')}\n`]),
  ].join('');
}
