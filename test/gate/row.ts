import type { Fault } from '../../fixtures/kit/faults.ts';
import type { Cause } from '../../src/model/causes.ts';
import type { StageName } from '../../src/model/stages.ts';
import type { Verdict } from '../../src/model/verdict.ts';

/** A fault as a fixture takes it; it happens at every connection unless the row says how often. */
export type Planted<At extends string = string> = Fault<At> & {
  /** Of a Kafka answer (`do: 'error'`). */
  readonly code?: number;
  /** Of an HTTP answer (`do: 'status'`). */
  readonly status?: number;
};

/** What the report must say of a target. */
export type Outcome = {
  /** Where every failed attempt ends; null where the attempts succeed and a rule alone objects, or nothing does. */
  readonly stage: StageName | null;
  /** Of every failed attempt, or of the finding; null where there is nothing to object to. */
  readonly cause: Cause | null;
  readonly verdict: Verdict;
  /** Of the finding, where a rule says something else than what the attempts failed of. */
  readonly finding?: Cause;
  /** A peer that resets before it was sent anything is seen in its connect or after, as the race goes. */
  readonly orStage?: StageName;
};

export type Case<At extends string = string> = Outcome & {
  /** A fault of the fixture; or in words, what is otherwise wrong with server, network or settings. */
  readonly fault: Planted<At> | string;
};

/** Where the target points: the fixture, a closed port, one whose SYNs are never answered, a name or an address that leads nowhere. */
export type Where = 'server' | 'closed' | 'unanswered' | 'no-such-name' | 'no-route';

/** What a row may say beside its case, whichever the probe. */
export type Common = {
  /** The fixture that the fault is planted in, where a probe has several. */
  readonly of?: string;
  readonly where?: Where;
  /** Keys of the target in the configuration, over those that the scene writes. */
  readonly target?: Readonly<Record<string, unknown>>;
  readonly sampling?: Readonly<Record<string, unknown>>;
  /** Keys of the workload that uses the target, over those that all rows have. */
  readonly workload?: Readonly<Record<string, unknown>>;
};

export type Row<At extends string = string> = Case<At> &
  Common & {
    /** What the fixture does where the fault is told in words. */
    readonly plants?: Planted<At>;
  };

/** The two rows that every probe must have besides those of its faults. */
export const HEALTHY = 'nothing is wrong';
export const UNANSWERED = 'nothing answers';

export function nameOf({ fault, of }: Pick<Row, 'fault' | 'of'>): string {
  const name = typeof fault === 'string' ? fault : [fault.at, fault.do, fault.code ?? fault.status ?? ''].join(' ');
  return `${name.trim()}${of === undefined ? '' : ` (${of})`}`;
}

/** The row's name in the configuration. */
export const targetName = (row: Pick<Row, 'fault' | 'of'>): string =>
  nameOf(row)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

export function titleOf(row: Row): string {
  const { stage, cause, verdict } = row;
  if (cause === null) return `${nameOf(row)}: ${verdict}`;
  return `${nameOf(row)}: ${verdict}, ${cause}${stage === null ? '' : ` at ${stage}`}`;
}

// The rows of the matrix read as lines of a table with these; what follows the outcome sets the scene.

export const passes = <const Wrong extends Planted | string, const Scene extends object>(
  fault: Wrong,
  scene: Scene,
) => ({
  fault,
  stage: null,
  cause: null,
  verdict: 'pass' as const,
  ...scene,
});

/** Every attempt ends so, and the target fails. */
export const fails = <const Wrong extends Planted | string, const Scene extends object>(
  fault: Wrong,
  stage: StageName,
  cause: Cause,
  scene: Scene,
) => ({ fault, stage, cause, verdict: 'fail' as const, ...scene });

/** Every attempt ends so, and nothing is known of the target thereby. */
export const leavesOpen = <const Wrong extends Planted | string, const Scene extends object>(
  fault: Wrong,
  stage: StageName,
  cause: Cause,
  scene: Scene,
) => ({ fault, stage, cause, verdict: 'inconclusive' as const, ...scene });

/** The attempts succeed, and a rule objects. */
export const judged = <const Wrong extends Planted | string, const Scene extends object>(
  fault: Wrong,
  verdict: Verdict,
  cause: Cause,
  scene: Scene,
) => ({ fault, stage: null, cause, verdict, ...scene });

const DELAY_MS = 20;

/** What any fixture can do to a connection at one of its places, and what that is called in the stage that meets it. */
export const endings = <At extends string, const Scene extends object>(
  at: At,
  stage: StageName,
  silence: Cause,
  scene: Scene,
) => [
  fails({ at, do: 'hang' }, stage, silence, scene),
  fails({ at, do: 'close' }, stage, 'connection-closed', scene),
  fails({ at, do: 'reset' }, stage, 'connection-reset', scene),
  passes({ at, do: 'delay', delayMs: DELAY_MS }, scene),
];

/** Long enough for a busy client to have read what came before. */
const READ_FIRST_MS = 250;

/** For a place where the client may still have bytes to read: what it gets together with RST, Node.js takes for an orderly end. */
export const resetLater = <C extends { readonly fault: Planted }>(row: C): C =>
  row.fault.do === 'reset' ? { ...row, fault: { ...row.fault, delayMs: READ_FIRST_MS } } : row;

/** The endings of an HTTP exchange: before the answer, and in the middle of it. */
export const httpEndings = <const Scene extends object>(scene: Scene) =>
  (['request', 'response'] as const).flatMap((at) => endings(at, 'request', 'request-timeout', scene).map(resetLater));

/** The fault of a row as its fixture takes it. */
export function plantedIn<At extends string>({ fault, plants }: Row<At>): readonly Planted<At>[] {
  const planted = typeof fault === 'string' ? plants : fault;
  return planted === undefined ? [] : [{ times: Number.POSITIVE_INFINITY, ...planted }];
}
