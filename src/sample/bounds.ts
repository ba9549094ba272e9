import { isLoopbackHost, isOnLoopback } from '../model/loopback.ts';
import { PreflightError } from '../model/preflight-error.ts';

/** How far the connections of a run may go. */
export type Bounds = {
  /** Aborts as soon as one would have left them: nothing more is tried. */
  readonly signal: AbortSignal;
  /** Before a connection, to an address or to host:port. False where it must not be made: it would leave the bounds. */
  mayReach(target: string, place: string): boolean;
  /** Throws where one would have left them. */
  check(): void;
};

/** A connection that must not be made. */
export class OutOfBounds extends Error {
  override readonly name = 'OutOfBounds';
}

export const unbounded = (signal: AbortSignal): Bounds => ({ signal, mayReach: () => true, check: () => {} });

/** A broker found on the way, or a name, can lead away from where the configuration points: the run ends before it goes there. */
export function onLoopback(signal: AbortSignal): Bounds {
  const left = new AbortController();
  let first: string | null = null;
  return {
    signal: AbortSignal.any([signal, left.signal]),
    mayReach(target, place) {
      if (isLoopbackHost(place) || isOnLoopback(place)) return true;
      first ??= `targets.${target} leads to ${place}`;
      left.abort(new OutOfBounds(first));
      return false;
    },
    check() {
      if (first === null) return;
      throw new PreflightError(
        'ERR_LAB_BEYOND_LOOPBACK',
        `lab: ${first}: the time and the host of a run can be given for targets on the loopback alone; the run was ended before it connected there, and counts as interrupted`,
        'Let the server advertise an address of the loopback, or remove `lab` from the configuration.',
      );
    },
  };
}
