import type { AttemptHandle, BoundClient } from '../../../src/model/probe.ts';
import type { AttemptRecord, HoldRequest } from '../../../src/model/records.ts';
import { makeAttempt } from '../../../src/sample/attempt.ts';
import type { Health } from '../../../src/sample/health.ts';
import { type FakeClock, fakeClock } from '../../kit/clock.ts';
import { client, type Planting, planted, QUIET, sampling } from './planted.ts';

type Made = {
  readonly time: FakeClock;
  readonly record: AttemptRecord;
  readonly broke: readonly { readonly target: string; readonly error: unknown }[];
  readonly admitted: readonly string[];
};

type MakeOver = {
  readonly client?: Partial<BoundClient>;
  readonly planting?: Planting;
  readonly part?: string;
  readonly hold?: HoldRequest;
  readonly operator?: AbortController;
  readonly time?: FakeClock;
  readonly health?: Health;
  readonly admit?: () => Promise<void>;
};

/** One attempt without limits or guard. */
export async function make(attempt: (at: AttemptHandle) => Promise<unknown>, over: MakeOver = {}): Promise<Made> {
  const time = over.time ?? fakeClock();
  const { signal } = over.operator ?? new AbortController();
  const target = planted(over.planting);
  const { request, sampled } = sampling([target], { time, signal, health: over.health ?? QUIET });
  const admitted: string[] = [];
  const order = {
    target,
    client: client({ attempt, ...over.client }),
    n: 7,
    part: over.part ?? null,
    hold: over.hold ?? null,
    grant: {
      async admit(server: string) {
        admitted.push(server);
        await over.admit?.();
      },
      release: () => {},
    },
    serverKey: async (server: string) => `key of ${server}`,
  };
  const record = await time.until(makeAttempt(order, request));
  return { time, record, broke: sampled.broke, admitted };
}
