import type { Limits } from '../model/policy.ts';
import { abortion, type Clock } from './clock.ts';

/** What an attempt takes of one server while it runs. `server` is the resolved address and port. */
export type Share = { readonly server: string; readonly connections: number; readonly logins: number };
export type Kind = 'open' | 'held';

type Server = { open: number; held: number; logins: number; nextAtMs: number };
type Waiter = {
  readonly kind: Kind;
  readonly shares: readonly Share[];
  /** A connection found on the way is paced but never waits for room: its attempt holds room that others may wait for. */
  readonly needsRoom: boolean;
  readonly grant: () => void;
};

/** What was taken, to be given back when the attempt is over. */
export type Grant = {
  /**
   * A connection found on the way: waits for the pace of that server, takes room there, counts as a login if it is one. Where none is left
   * it is refused at once with LoginsUsedUp.
   */
  admit(server: string, logsIn: boolean, signal: AbortSignal): Promise<void>;
  /** A connection of this attempt was refused for its login. */
  readonly isOutOfLogins: boolean;
  release(): void;
};

/** The way of an attempt led to a server that is to see no more logins in this run: no failure of the target, and no defect. */
export class LoginsUsedUp extends Error {
  override readonly name = 'LoginsUsedUp';
}

/** New connections are spread beyond the exact interval, so that runs of several hosts do not beat in time. */
const JITTER = 0.25;

/**
 * The limits of a run on each server, over all targets and holds that share it. All servers of an attempt are taken in one step: if
 * each were waited for in turn, two attempts could each keep what the other waits for.
 */
export class ServerLimits {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #servers = new Map<string, Server>();
  #waiting: Waiter[] = [];
  #cancelTimer: (() => void) | null = null;

  constructor(limits: Limits, clock: Clock, random: () => number) {
    this.#limits = limits;
    this.#clock = clock;
    this.#random = random;
  }

  /** Null where the logins that are left do not allow it. They count from here on, so that no two attempts wait with the same login in mind. */
  async enter(kind: Kind, shares: readonly Share[], signal: AbortSignal): Promise<Grant | null> {
    const merged = mergeByServer(shares);
    if (merged.some(({ server, logins }) => this.#server(server).logins + logins > this.#limits.logins)) return null;
    for (const { server, logins } of merged) this.#server(server).logins += logins;
    try {
      await this.#wait({ kind, shares: merged, needsRoom: true }, signal);
    } catch (error) {
      for (const { server, logins } of merged) this.#server(server).logins -= logins;
      throw error;
    }
    return this.#grant(kind, merged);
  }

  #grant(kind: Kind, shares: readonly Share[]): Grant {
    const taken = new Map(shares.map(({ server, connections }) => [server, connections]));
    // the first connection to each server was paced by entering; further ones come through `admit`
    const unopened = new Map(shares.map(({ server, connections }) => [server, connections - 1]));
    let released = false;
    let isOutOfLogins = false;
    const refuseLate = () => {
      if (released) throw new Error('a connection was asked for, and the attempt is over');
    };
    return {
      admit: async (server, logsIn, signal) => {
        refuseLate();
        const reserved = unopened.get(server) ?? 0;
        const logins = logsIn && reserved === 0 ? 1 : 0;
        if (logins > 0 && this.#server(server).logins + logins > this.#limits.logins) {
          isOutOfLogins = true;
          throw new LoginsUsedUp(`no login is left at ${server}`);
        }
        if (reserved > 0) unopened.set(server, reserved - 1);
        // before the wait, as in `enter`
        this.#server(server).logins += logins;
        try {
          await this.#wait({ kind, shares: [{ server, connections: 0, logins: 0 }], needsRoom: false }, signal);
          refuseLate();
        } catch (error) {
          this.#server(server).logins -= logins;
          throw error;
        }
        if (reserved > 0) return;
        this.#server(server)[kind] += 1;
        taken.set(server, (taken.get(server) ?? 0) + 1);
      },
      get isOutOfLogins() {
        return isOutOfLogins;
      },
      release: () => {
        released = true;
        for (const [server, connections] of taken) this.#server(server)[kind] -= connections;
        taken.clear();
        this.#pump();
      },
    };
  }

  async #wait(wanted: Omit<Waiter, 'grant'>, signal: AbortSignal): Promise<void> {
    const aborted = abortion(signal);
    let grant = () => {};
    const granted = new Promise<void>((done) => {
      grant = done;
    });
    const waiter: Waiter = { ...wanted, grant };
    this.#waiting.push(waiter);
    this.#pump();
    try {
      await Promise.race([granted, aborted.promise]);
    } catch (error) {
      if (!this.#waiting.includes(waiter)) this.#giveBack(wanted);
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      this.#pump();
      throw error;
    } finally {
      aborted.dispose();
    }
  }

  /** Granted and aborted in the same turn: the attempt will not run. */
  #giveBack({ kind, shares, needsRoom }: Omit<Waiter, 'grant'>): void {
    if (!needsRoom) return;
    for (const { server, connections } of shares) this.#server(server)[kind] -= connections;
  }

  /**
   * First come, first served by server: nobody takes what an earlier one still waits for. Who waits for room stands only in the line of its
   * kind: attempts do not wait for holds, which stay long, and who needs no room does not wait for those that do, since it may hold theirs.
   */
  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const nowMs = this.#clock.elapsedMs();
    const roomClaimed = new Set<string>();
    const paceClaimed = new Set<string>();
    let wakeAtMs = Number.POSITIVE_INFINITY;
    for (const waiter of [...this.#waiting]) {
      const servers = waiter.shares.map(({ server }) => server);
      const lines = waiter.needsRoom ? servers.map((server) => `${waiter.kind} ${server}`) : [];
      const hasRoom = !lines.some((line) => roomClaimed.has(line)) && this.#hasRoom(waiter);
      if (hasRoom && !servers.some((server) => paceClaimed.has(server))) {
        const readyAtMs = Math.max(0, ...servers.map((server) => this.#server(server).nextAtMs));
        if (readyAtMs <= nowMs) {
          this.#take(waiter, nowMs);
          continue;
        }
        wakeAtMs = Math.min(wakeAtMs, readyAtMs);
      }
      for (const line of lines) roomClaimed.add(line);
      if (hasRoom) for (const server of servers) paceClaimed.add(server);
    }
    if (wakeAtMs < Number.POSITIVE_INFINITY) {
      this.#cancelTimer = this.#clock.after(Math.max(1, wakeAtMs - nowMs), () => this.#pump());
    }
  }

  #hasRoom({ kind, shares, needsRoom }: Waiter): boolean {
    if (!needsRoom) return true;
    const most = kind === 'open' ? this.#limits.openConnections : this.#limits.heldConnections;
    // an attempt that alone needs more than the limit gets the server to itself
    return shares.every(({ server, connections }) => {
      const now = this.#server(server)[kind];
      return now === 0 || now + connections <= most;
    });
  }

  #take(waiter: Waiter, nowMs: number): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiter);
    const intervalMs = 1_000 / this.#limits.newConnectionsPerSecond;
    for (const { server, connections } of waiter.shares) {
      const state = this.#server(server);
      state.nextAtMs = nowMs + intervalMs * (1 + JITTER * this.#random());
      if (waiter.needsRoom) state[waiter.kind] += connections;
    }
    waiter.grant();
  }

  #server(name: string): Server {
    const known = this.#servers.get(name);
    if (known !== undefined) return known;
    const fresh = { open: 0, held: 0, logins: 0, nextAtMs: 0 };
    this.#servers.set(name, fresh);
    return fresh;
  }
}

function mergeByServer(shares: readonly Share[]): readonly Share[] {
  const merged = new Map<string, Share>();
  for (const share of shares) {
    const other = merged.get(share.server);
    merged.set(share.server, {
      server: share.server,
      connections: share.connections + (other?.connections ?? 0),
      logins: share.logins + (other?.logins ?? 0),
    });
  }
  return [...merged.values()].sort((a, b) => (a.server < b.server ? -1 : 1));
}
