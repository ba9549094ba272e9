import type { IdentityStanding } from '../model/plan.ts';
import { abortion } from './clock.ts';

/** What an attempt showed of the identity it used. */
export type Shown = 'accepted' | 'rejected' | 'nothing';

type State = {
  standing: 'untested' | 'on-trial' | 'trusted' | 'rejected';
  busy: boolean;
  waiting: (() => void)[];
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
    while (state.busy) await this.#turn(state, signal);
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
      else if (shown === 'rejected' || state.standing === 'on-trial') state.standing = 'rejected';
    }
    state.busy = false;
    for (const wake of state.waiting.splice(0)) wake();
  }

  async #turn(state: State, signal: AbortSignal): Promise<void> {
    const aborted = abortion(signal);
    const woken = new Promise<void>((wake) => {
      state.waiting.push(wake);
    });
    try {
      await Promise.race([woken, aborted.promise]);
    } finally {
      aborted.dispose();
    }
  }

  #state(identity: string): State {
    const known = this.#states.get(identity);
    if (known !== undefined) return known;
    const fresh: State = { standing: 'untested', busy: false, waiting: [] };
    this.#states.set(identity, fresh);
    return fresh;
  }
}
