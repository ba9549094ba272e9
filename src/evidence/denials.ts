import { CAUSES, type Cause, isCause } from '../model/causes.ts';
import type { RunHeader } from '../model/evidence.ts';
import type { AttemptRecord, DenialRecord, HealthRecord, RunRecord, StopRecord } from '../model/records.ts';

// A connection that an egress policy drops is silence to whoever opened it. Where the platform’s log says that it was its policy, the
// failure has another cause and another owner.

const SLACK_MS = 120_000;
/** A policy acts on the way to a server; what a server answers later is its own. */
const STAGES: readonly string[] = ['resolve', 'connect', 'tls'];
const CLASSES: readonly string[] = ['name', 'route', 'connection', 'timeout'];
/** The only kind of compute that such a policy is for. */
const KIND = 'databricks-serverless';

type Counted = AttemptRecord | StopRecord | HealthRecord;

/** Gives failures the cause that denials say; all other records stay as they are. */
export function attributing(
  denials: readonly DenialRecord[],
  headers: readonly RunHeader[],
): (record: Counted) => Counted {
  const runs = new Map(headers.flatMap(({ run }) => (run.context.kind === KIND ? [[run.run, run] as const] : [])));
  const times = timesOf(denials);
  if (times.size === 0 || runs.size === 0) return (record) => record;
  return (record) => {
    const run = record.record === 'attempt' ? runs.get(record.run) : undefined;
    return run === undefined || record.record !== 'attempt' ? record : attributed(record, run, times);
  };
}

function attributed(
  attempt: AttemptRecord,
  run: RunRecord,
  times: ReadonlyMap<string, readonly number[]>,
): AttemptRecord {
  const { failure } = attempt;
  if (failure === null || !STAGES.includes(failure.stage) || !isOfNetwork(failure.cause)) return attempt;
  const at = Date.parse(attempt.at);
  const denied = placesOf(attempt, run).find((place) =>
    (times.get(place) ?? []).some((time) => Math.abs(time - at) <= SLACK_MS),
  );
  if (denied === undefined) return attempt;
  const detail = `${failure.detail}; the platform’s log says that its egress policy denied ${denied}`;
  return { ...attempt, failure: { ...failure, cause: 'egress-policy-denied' satisfies Cause, detail } };
}

const isOfNetwork = (cause: string): boolean => isCause(cause) && CLASSES.includes(CAUSES[cause].class);

/** Names and addresses that this attempt was made to. */
function placesOf({ target, failure, resolved }: AttemptRecord, { targets }: RunRecord): readonly string[] {
  const servers = targets.find(({ name }) => name === target)?.servers ?? [];
  const asked = failure?.server == null ? servers : [failure.server];
  return [...asked.map(hostIn), ...resolved].map(plain);
}

/** `host:port`, or `[address]:port`. */
const hostIn = (server: string): string => server.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

function timesOf(denials: readonly DenialRecord[]): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>();
  for (const { destination, at } of denials) {
    const place = plain(destination);
    const others = times.get(place);
    if (others === undefined) times.set(place, [Date.parse(at)]);
    else others.push(Date.parse(at));
  }
  return times;
}
