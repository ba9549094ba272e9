import type { RunRecord } from '../model/records.ts';
import type { Redaction } from '../model/redaction.ts';
import { codeOf, type EvidenceStore } from './store.ts';
import { notUsable, type Volume } from './volume.ts';
import { fileName } from './write.ts';

export type Publication = {
  readonly volume: Volume;
  readonly everyMs: number;
  /** A part could not be published, and will be tried again; or, in the end, never was. */
  failed(why: string, inTheEnd: boolean): void;
};

export type Publisher = {
  /** A line of the evidence, as it was written. */
  add(line: string): void;
  /** Publishes what is left. */
  close(interruption: AbortSignal): Promise<void>;
  /** The names of the parts. */
  names(): ReadonlySet<string>;
  [Symbol.dispose](): void;
};

const TRIES_AT_THE_END = 3;
const PAUSE_MS = 1_000;
/** Whoever interrupts a run waits no longer than 5 s for all of it. */
const PATIENCE_MS = { atTheEnd: 60_000, interrupted: 2_000 };

/**
 * Publishes a run in parts, each a new whole file that begins with the run record. The first has nothing else: that the volume cannot be
 * written is known before anything is tried, and a run that is killed early has left a trace.
 */
export async function startPublishing(
  run: RunRecord,
  redaction: Redaction,
  publication: Publication,
): Promise<Publisher> {
  const { volume, everyMs } = publication;
  const names = new Set<string>();
  let waiting: string[] = [];
  let recordsBefore = 0;
  let underWay: Promise<boolean> | null = null;

  async function part(): Promise<void> {
    const lines = [...waiting];
    // a name that was tried once is not tried again: something of it may lie there
    const name = fileName(run, names.size + 1);
    names.add(name);
    const beginning = { ...run, part: { recordsBefore, everySeconds: everyMs / 1_000 } };
    await volume.write(name, [JSON.stringify(redaction.data(beginning)), ...lines, ''].join('\n'));
    recordsBefore += lines.length;
    waiting = waiting.slice(lines.length);
  }

  const published = (inTheEnd: boolean): Promise<boolean> =>
    part().then(
      () => true,
      (error) => {
        publication.failed(codeOf(error) ?? String(error), inTheEnd);
        return false;
      },
    );

  async function tick(): Promise<void> {
    if (underWay !== null) publication.failed('the part before is still being written', false);
    else if (waiting.length > 0) {
      underWay = published(false);
      await underWay;
      underWay = null;
    }
  }

  async function rest(interruption: AbortSignal): Promise<void> {
    await underWay;
    for (let left = interruption.aborted ? 1 : TRIES_AT_THE_END; left > 0 && waiting.length > 0; left -= 1) {
      if (await published(left === 1)) return;
      if (left > 1) await pause(Math.min(PAUSE_MS, everyMs));
    }
  }

  await part().catch((error) => {
    throw notUsable(volume.folder, error);
  });
  const ticking = setInterval(() => void tick(), everyMs);
  return {
    add: (line) => void waiting.push(line),
    async close(interruption) {
      clearInterval(ticking);
      const patienceMs = interruption.aborted ? PATIENCE_MS.interrupted : PATIENCE_MS.atTheEnd;
      if (!(await within(patienceMs, rest(interruption)))) publication.failed(`no answer in ${patienceMs} ms`, true);
    },
    names: () => names,
    [Symbol.dispose]: () => clearInterval(ticking),
  };
}

/** What lies on the volume, and of this run what lies on the local disk: all of it, whatever was published. */
export function besides(
  volume: EvidenceStore,
  parts: ReadonlySet<string>,
  own: EvidenceStore,
  name: string,
): EvidenceStore {
  const storeOf = (file: string): EvidenceStore => (file === name ? own : volume);
  return {
    list: () => [...listed(volume).filter((file) => file !== name && !parts.has(file)), name].sort(),
    lines: (file) => storeOf(file).lines(file),
    lastLine: (file) => storeOf(file).lastLine(file),
    create: own.create,
  };
}

/** What cannot be listed is one file that cannot be read: a history that is out of sight is never clean. */
function listed(volume: EvidenceStore): readonly string[] {
  try {
    return volume.list();
  } catch (error) {
    if (codeOf(error) === null) throw error;
    return ['the earlier evidence'];
  }
}

async function within(patienceMs: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((done) => {
    timer = setTimeout(() => done(false), patienceMs);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
