import { askedBy, type Mapping } from '../../attest/bundle.ts';
import { type BundleTask, readBundle } from '../../attest/bundle-tasks.ts';
import { type Objection, undetermined } from '../../attest/objection.ts';
import type { Asked } from '../../attest/placements.ts';
import type { Question } from '../../attest/verify.ts';
import { PreflightError } from '../../model/preflight-error.ts';
import type { Io } from '../io.ts';
import { bytesOf } from './files.ts';

export type AskedOptions = {
  readonly workload: readonly string[];
  readonly context: readonly string[];
  readonly bundle: readonly string[];
  readonly task: readonly string[];
  readonly compute: readonly string[];
};

/** What is asked of the statement: pairs on the command line, bundles, or both; null where nothing is. */
export function askedIn(options: AskedOptions, io: Io): Question['asked'] {
  const pairs = pairsOf(options);
  const mapping = mappingOf(options);
  const bundled = tasksIn(options.bundle, io);
  if (bundled === null) return pairs.length === 0 ? null : () => pairs;
  const { unresolved, tasks } = bundled;
  if (unresolved.length > 0) return () => [...pairs, ...unresolved];
  return (statement) => [...pairs, ...askedBy(tasks, mapping, statement)];
}

const RESOLVE = 'Give it what will be deployed: databricks bundle validate -t TARGET -o json > FILE';

type Bundled = { readonly tasks: readonly BundleTask[]; readonly unresolved: readonly Objection[] };

function tasksIn(files: readonly string[], io: Io): Bundled | null {
  if (files.length === 0) return null;
  const tasks: BundleTask[] = [];
  const unresolved: Objection[] = [];
  for (const file of files) {
    const reading = readBundle(bytesOf(file, io).toString('utf8'));
    if ('malformed' in reading) throw new PreflightError('ERR_BUNDLE', `${file}: ${reading.malformed}`, RESOLVE);
    if ('unresolved' in reading)
      unresolved.push(undetermined(`the bundle ${file} must be resolved first: ${reading.unresolved}. ${RESOLVE}`));
    else if (reading.tasks.length === 0) unresolved.push(undetermined(`the bundle ${file} has no task to be checked`));
    else tasks.push(...reading.tasks);
  }
  return { tasks, unresolved };
}

/** The first workload with the first context, and so on; one context stands for all. */
function pairsOf({ workload, context }: AskedOptions): readonly Asked[] {
  const [only] = context;
  const contexts = context.length === 1 && only !== undefined ? workload.map(() => only) : context;
  if (workload.length === contexts.length && workload.length > 0 === context.length > 0) {
    return workload.map((name, index) => ({ workload: name, context: contexts[index] ?? name }));
  }
  throw new PreflightError(
    'ERR_ASKED_HALF',
    `--workload was given ${timesText(workload.length)}, and --context ${timesText(context.length)}`,
    'Name them in pairs: --workload NAME --context NAME; one --context may stand for all workloads.',
  );
}

const timesText = (count: number): string => ['not at all', 'once', 'twice'][count] ?? `${count} times`;

function mappingOf({ bundle, task, compute }: AskedOptions): Mapping {
  if (bundle.length === 0 && task.length + compute.length > 0) {
    throw new PreflightError('ERR_BUNDLE_MISSING', '--task and --compute name parts of a bundle', 'Add --bundle FILE.');
  }
  const tasks = namesIn('--task', task);
  return {
    tasks: new Map([...tasks].map(([key, name]) => [key, name === 'none' ? null : name])),
    computes: namesIn('--compute', compute),
  };
}

function namesIn(flag: string, given: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [key, name] of given.map((text) => entryOf(flag, text))) {
    if (names.has(key)) {
      throw new PreflightError(
        'ERR_OPTION_TWICE',
        `${flag} ${key} was given twice`,
        'A key has one name: give it once.',
      );
    }
    names.set(key, name);
  }
  return names;
}

function entryOf(flag: string, text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new PreflightError('ERR_BUNDLE_NAME', `${flag} ${text} is no pair`, `Write it ${flag} KEY=NAME.`);
}
