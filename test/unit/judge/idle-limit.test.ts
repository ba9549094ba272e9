import { describe, expect, test } from 'vitest';
import type { HoldRequest } from '../../../src/model/records.ts';
import { type AttemptOver, clean, demand, failed, run, target } from '../../kit/evidence.ts';
import { findingOf, targetOf } from './judging.ts';

const CAUSES = { silent: 'idle-silent', reset: 'connection-reset', closed: 'connection-closed' } as const;

type Ended = 'alive' | keyof typeof CAUSES;

/** A hold that ended so: a close is seen when it comes, the rest when the connection is used again. */
function hold(plannedMs: number, ended: Ended, over: Partial<HoldRequest> = {}, afterMs = plannedMs): AttemptOver {
  const request: HoldRequest = { kind: 'idle', plannedMs, keepalive: 'as-client', ...over };
  const stages = [{ stage: 'hold' as const, server: null, elapsedMs: afterMs, ok: ended !== 'closed' }];
  if (ended === 'alive') return { hold: request, stages };
  const cause = CAUSES[ended];
  const stage = ended === 'closed' ? 'hold' : 'reuse';
  return {
    hold: request,
    ...failed(cause, { failure: { stage, server: null, cause, code: null, number: null, detail: '' } }),
    stages,
  };
}

const rung = (plannedMs: number, ended: Ended, afterMs = plannedMs): AttemptOver[] =>
  Array.from({ length: 3 }, () => hold(plannedMs, ended, {}, afterMs));
const kept = (plannedMs: number, ended: Ended, intervalMs = 1_000) =>
  hold(plannedMs, ended, { keepalive: { intervalMs } });
const used = (plannedMs: number, ended: Ended, afterMs = plannedMs) =>
  hold(plannedMs, ended, { kind: 'in-use' }, afterMs);

const runsWith = (holds: readonly AttemptOver[], longestIdleMs: number | null = null, heldBy: string | null = null) => [
  run(0, [...clean(15), ...holds], { targets: [target({ heldBy, demand: demand({ longestIdleMs }) })] }),
];
const limit = (...given: Parameters<typeof runsWith>) => findingOf(runsWith(...given), 'idle/limit');

const DROPPED = [...rung(2_000, 'alive'), ...rung(4_000, 'alive'), ...rung(8_000, 'silent'), ...rung(12_000, 'silent')];

describe('how long idle connections last', () => {
  test('is said where all of them lasted', () => {
    expect(limit([...rung(250_000, 'alive'), ...rung(360_000, 'alive')])).toMatchObject({
      verdict: 'pass',
      required: 'it is known how long an idle connection lasts',
      observed: 'every idle connection lasted, for 360 s at the longest (6 connections: 250 s, 360 s)',
      cause: null,
    });
  });

  test.each<[string, AttemptOver[], string]>([
    [
      'a device that forgets',
      [...DROPPED, kept(12_000, 'alive'), used(12_000, 'alive')],
      'drops between 4 s and 8 s, silently (2 s 3 alive, 4 s 3 alive, 8 s 3 silent, 12 s 3 silent); keepalive of 1 s saves it; in use it lasts',
    ],
    [
      'a device that keepalive does not reach',
      [...DROPPED, kept(12_000, 'silent')],
      'drops between 4 s and 8 s, silently (2 s 3 alive, 4 s 3 alive, 8 s 3 silent, 12 s 3 silent); keepalive of 1 s does not save it',
    ],
    [
      'a keepalive above the limit',
      [...rung(3_000, 'silent'), kept(3_000, 'silent', 30_000)],
      'drops within 3 s, silently (3 s 3 silent); keepalive of 30 s comes too late for it',
    ],
    [
      'a keepalive of one rung and not of the other',
      [...DROPPED, kept(8_000, 'alive'), kept(12_000, 'silent')],
      'drops between 4 s and 8 s, silently (2 s 3 alive, 4 s 3 alive, 8 s 3 silent, 12 s 3 silent); keepalive of 1 s does not save it',
    ],
    [
      'a contrast that was not held so long',
      [...DROPPED, kept(4_000, 'alive'), used(4_000, 'alive')],
      'drops between 4 s and 8 s, silently (2 s 3 alive, 4 s 3 alive, 8 s 3 silent, 12 s 3 silent)',
    ],
    [
      'a device that resets',
      [...rung(240_000, 'alive'), ...rung(360_000, 'reset', 360_002)],
      'drops between 240 s and 360 s, with a reset (240 s 3 alive, 360 s 3 reset)',
    ],
    [
      'a server that closes',
      [...rung(4_000, 'alive'), ...rung(8_000, 'closed', 5_000)],
      'drops between 4 s and 5 s, closed in order (FIN) (4 s 3 alive, 8 s 3 closed)',
    ],
    [
      'a device that limits the age of connections',
      [...rung(8_000, 'reset'), used(8_000, 'closed', 6_400)],
      'drops within 8 s, with a reset (8 s 3 reset)',
    ],
    [
      'an age that a connection in use reaches too',
      [...rung(8_000, 'closed', 6_000), used(8_000, 'closed', 6_000)],
      'drops within 6 s, closed in order (FIN) (8 s 3 closed); in use it ends too: closed after 6 s',
    ],
    [
      'a drop by chance',
      [...rung(8_000, 'alive').slice(1), hold(8_000, 'silent')],
      'drops within 8 s, silently (8 s 2 alive and 1 silent)',
    ],
  ])('behind %s', (_, holds, observed) => {
    const finding = limit(holds);
    expect(finding?.observed).toContain(observed);
    expect(finding).toMatchObject({ verdict: 'warn', cause: 'idle-limited', owner: 'network' });
  });

  test.each([
    ['beyond the longest idle only informs', 4_000, 'pass', 'pass'],
    ['at the longest idle is judged by the other rule', 8_000, 'warn', 'fail'],
    ['within the longest idle is judged by the other rule', 12_000, 'warn', 'fail'],
  ] as const)('a drop %s', (_, longestIdleMs, informs, judges) => {
    expect(limit(DROPPED, longestIdleMs)?.verdict).toBe(informs);
    expect(findingOf(runsWith(DROPPED, longestIdleMs), 'idle/survives')?.verdict).toBe(judges);
  });

  test('is not asked where nothing idled to its end', () => {
    expect(limit([])).toBeUndefined();
    expect(limit([kept(4_000, 'alive'), used(4_000, 'alive')])).toBeUndefined();
    expect(limit([{ ...hold(4_000, 'alive'), outcome: 'aborted' }])).toBeUndefined();
  });
});

test('both findings say which target held for the server', () => {
  const archive = target({ name: 'archive', heldBy: 'claims-db', demand: demand({ longestIdleMs: 8_000 }) });
  const ofDatabase = [...clean(15), ...DROPPED].map((attempt) => ({ target: 'claims-db', ...attempt }));
  const judged = targetOf([run(0, ofDatabase, { targets: [archive, target()] })]);
  expect(judged.name).toBe('archive');
  expect(judged.holds).toHaveLength(4);
  expect(judged.findings.find(({ rule }) => rule === 'idle/survives')).toMatchObject({
    verdict: 'fail',
    observed: '3 connections held for 8 s in 1 of 1 run: silent (held by claims-db, on the same server)',
  });
  expect(judged.findings.find(({ rule }) => rule === 'idle/limit')?.observed).toMatch(
    /^drops between 4 s and 8 s, silently .* \(held by claims-db, on the same server\)$/,
  );
});
