import { askedBy, type Mapping } from '../../attest/bundle.ts';
import { readBundle } from '../../attest/bundle-tasks.ts';
import { undetermined } from '../../attest/objection.ts';
import type { Asked } from '../../attest/placements.ts';
import type { Question } from '../../attest/verify.ts';
import { PreflightError } from '../../model/preflight-error.ts';
import type { Io } from '../io.ts';
import { bytesOf } from './files.ts';

export type AskedOptions = {
  readonly workload: readonly string[];
  readonly context: readonly string[];
  readonly bundle?: string;
  readonly task: readonly string[];
  readonly compute: readonly string[];
};

/** What is asked of the statement: pairs on the command line, a bundle, or both; null where nothing is. */
export function askedIn(options: AskedOptions, io: Io): Question['asked'] {
  const pairs = pairsOf(options);
  const mapping = mappingOf(options);
  if (options.bundle === undefined) return pairs.length === 0 ? null : () => pairs;
  const reading = readBundle(bytesOf(options.bundle, io).toString('utf8'));
  if ('malformed' in reading) {
    throw new PreflightError('ERR_BUNDLE', `${options.bundle}: ${reading.malformed}`, RESOLVE);
  }
  if ('unresolved' in reading) {
    const says = undetermined(`the bundle must be resolved first, since ${reading.unresolved}. ${RESOLVE}`);
    return () => [...pairs, says];
  }
  return (statement) => [...pairs, ...askedBy(reading.tasks, mapping, statement)];
}

const RESOLVE = 'Give it what will be deployed: databricks bundle validate -t TARGET -o json > FILE';

/** The first workload with the first context, and so on; one context stands for all. */
function pairsOf({ workload, context }: AskedOptions): readonly Asked[] {
  const [only] = context;
  const contexts = context.length === 1 && only !== undefined ? workload.map(() => only) : context;
  if (workload.length === contexts.length && workload.length > 0 === context.length > 0) {
    return workload.map((name, index) => ({ workload: name, context: contexts[index] ?? name }));
  }
  throw new PreflightError(
    'ERR_ASKED_HALF',
    `${workload.length} times --workload and ${context.length} times --context`,
    'Name them in pairs: --workload NAME --context NAME; one --context may stand for all workloads.',
  );
}

function mappingOf({ bundle, task, compute }: AskedOptions): Mapping {
  if (bundle === undefined && task.length + compute.length > 0) {
    throw new PreflightError('ERR_BUNDLE_MISSING', '--task and --compute name parts of a bundle', 'Add --bundle FILE.');
  }
  const tasks = task.map((text) => entryOf('--task', text));
  return {
    tasks: new Map(tasks.map(([key, name]) => [key, name === 'none' ? null : name])),
    computes: new Map(compute.map((text) => entryOf('--compute', text))),
  };
}

function entryOf(flag: string, text: string): readonly [string, string] {
  const at = text.lastIndexOf('=');
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new PreflightError('ERR_BUNDLE_NAME', `${flag} ${text} is no pair`, `Write it ${flag} KEY=NAME.`);
}
