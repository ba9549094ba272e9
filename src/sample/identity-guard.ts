import type { IdentityStanding } from '../model/plan.ts';
import { abortion } from './clock.ts';

/** What an attempt showed of the identity it used. */
export type Shown = 'accepted' | 'rejected' | 'nothing' | 'not-tried';

type Turn = { wake: () => void };
type State = {
  standing: 'untested' | 'on-trial' | 'trusted' | 'rejected';
  busy: boolean;
  /** In the order of arrival: who leaves and comes again stands behind those that wait. */
  readonly line: Turn[];
};

/**
 * A probe must not lock an account. While an identity is untested one attempt at a time uses it; a definite rejection before any success
 * stops every target that uses it. An identity that the latest run saw rejected is on trial: one attempt, whatever it shows.
 */
export class IdentityGuard {
  readonly #states = new Map<string, State>();

  /** The cautious standing wins where several targets use one identity. */
  introduce(identity: string | null, standing: IdentityStanding): void {
    if (identity === null) return;
    const state = this.#state(identity);
    if (standing === 'rejected-twice-today') state.standing = 'rejected';
    else if (standing === 'rejected-in-latest-run' && state.standing === 'untested') state.standing = 'on-trial';
  }

  /** Waits until this identity may be used; false where it may not be any more. */
  async enter(identity: string | null, signal: AbortSignal): Promise<boolean> {
    if (identity === null) return true;
    const state = this.#state(identity);
    const turn: Turn = { wake: () => {} };
    state.line.push(turn);
    const aborted = abortion(signal);
    try {
      while (state.busy || state.line[0] !== turn) await Promise.race([wakeOf(turn), aborted.promise]);
    } finally {
      aborted.dispose();
      state.line.splice(state.line.indexOf(turn), 1);
      state.line[0]?.wake();
    }
    if (state.standing === 'rejected') return false;
    if (state.standing !== 'trusted') state.busy = true;
    return true;
  }

  /** After every `enter` that was true, however the attempt ended. */
  leave(identity: string | null, shown: Shown): void {
    if (identity === null) return;
    const state = this.#state(identity);
    if (state.standing !== 'trusted') {
      if (shown === 'accepted') state.standing = 'trusted';
      else if (shown === 'rejected' || (shown === 'nothing' && state.standing === 'on-trial'))
        state.standing = 'rejected';
    }
    state.busy = false;
    state.line[0]?.wake();
  }

  #state(identity: string): State {
    const known = this.#states.get(identity);
    if (known !== undefined) return known;
    const fresh: State = { standing: 'untested', busy: false, line: [] };
    this.#states.set(identity, fresh);
    return fresh;
  }
}

const wakeOf = (turn: Turn): Promise<void> =>
  new Promise((wake) => {
    turn.wake = wake;
  });
