import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { IdentityGuard, type Shown } from '../../../src/sample/identity-guard.ts';
import { fakeClock, pause } from '../../kit/clock.ts';

const never = new AbortController().signal;
const ACCOUNT = 'svc_claims@claims.internal:1433';

/** Users of one identity, each an attempt that takes a second; what they did, in order. */
function users(guard: IdentityGuard) {
  const time = fakeClock();
  const did: string[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  return {
    time,
    did,
    mostAtOnce: () => mostAtOnce,
    async use(name: string, shown: Shown, identity: string | null = ACCOUNT): Promise<void> {
      if (!(await guard.enter(identity, never))) {
        did.push(`${name} not`);
        return;
      }
      atOnce += 1;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      await pause(time, 1_000);
      atOnce -= 1;
      did.push(name);
      guard.leave(identity, shown);
    },
  };
}

describe('an identity that was never accepted', () => {
  test('is used by one attempt at a time, each in its turn', async () => {
    const { use, did, mostAtOnce, time } = users(new IdentityGuard());
    const again = async (name: string) => {
      for (let n = 0; n < 3; n += 1) await use(name, 'nothing');
    };
    await time.until(Promise.all([again('a'), again('b'), again('c')]));
    expect(mostAtOnce()).toBe(1);
    expect(did).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('is used by nobody any more after one rejection', async () => {
    const { use, did, time } = users(new IdentityGuard());
    const targets = ['a', 'b', 'c'].map((name) => use(name, 'rejected'));
    await time.until(Promise.all(targets));
    expect(did).toEqual(['a', 'b not', 'c not']);
    await use('d', 'accepted');
    expect(did.at(-1)).toBe('d not');
  });

  test('is kept apart from every other identity, and who has none is not guarded', async () => {
    const { use, did, mostAtOnce, time } = users(new IdentityGuard());
    await time.until(
      Promise.all([
        use('a', 'rejected'),
        use('b', 'accepted', 'other@claims.internal:1433'),
        use('c', 'rejected', null),
        use('d', 'rejected', null),
      ]),
    );
    expect(mostAtOnce()).toBe(4);
    expect([...did].sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('an identity that was accepted', () => {
  test('is used in parallel, also by those that had waited', async () => {
    const { use, mostAtOnce, time } = users(new IdentityGuard());
    const first = use('a', 'accepted');
    const waited = ['b', 'c', 'd'].map((name) => use(name, 'nothing'));
    await time.until(Promise.all([first, ...waited]));
    expect(mostAtOnce()).toBe(3);
    expect(time.elapsedMs()).toBe(2_000);
  });

  test('is not given up for a later rejection: it counts like any failure', async () => {
    const { use, did, time } = users(new IdentityGuard());
    await time.until(use('a', 'accepted'));
    await time.until(use('b', 'rejected'));
    await time.until(use('c', 'nothing'));
    expect(did).toEqual(['a', 'b', 'c']);
  });
});

describe('an identity that the latest run saw rejected', () => {
  const onTrial = () => {
    const guard = new IdentityGuard();
    guard.introduce(ACCOUNT, 'rejected-in-latest-run');
    return guard;
  };

  test.each(['rejected', 'nothing'] as const)('is tried once, alone, where that shows %s', async (shown) => {
    const { use, did, time } = users(onTrial());
    await time.until(Promise.all(['a', 'b', 'c'].map((name) => use(name, shown))));
    expect(did).toEqual(['a', 'b not', 'c not']);
  });

  test('is trusted once it is accepted', async () => {
    const { use, did, time } = users(onTrial());
    await time.until(Promise.all([use('a', 'accepted'), use('b', 'nothing'), use('c', 'nothing')]));
    expect(did).toEqual(['a', 'b', 'c']);
  });

  test('keeps its one try where the attempt was not made after all', async () => {
    const { use, did, time } = users(onTrial());
    await time.until(Promise.all([use('a', 'not-tried'), use('b', 'rejected'), use('c', 'nothing')]));
    expect(did).toEqual(['a', 'b', 'c not']);
  });

  test('is on trial for every target that uses it, whatever the history of the others', async () => {
    const guard = onTrial();
    guard.introduce(ACCOUNT, 'untested');
    const { use, did, time } = users(guard);
    await time.until(Promise.all([use('a', 'nothing'), use('b', 'nothing')]));
    expect(did).toEqual(['a', 'b not']);
  });
});

test('an identity that was rejected twice within a day is not used at all', async () => {
  const guard = new IdentityGuard();
  guard.introduce(ACCOUNT, 'rejected-twice-today');
  guard.introduce(ACCOUNT, 'rejected-in-latest-run');
  expect(await guard.enter(ACCOUNT, never)).toBe(false);
});

describe('who gives up waiting', () => {
  test('leaves the turn to the next', async () => {
    const guard = new IdentityGuard();
    await guard.enter(ACCOUNT, never);
    const gone = new AbortController();
    const second = guard.enter(ACCOUNT, gone.signal);
    const third = guard.enter(ACCOUNT, never);
    gone.abort(new Error('wall time'));
    await expect(second).rejects.toThrow('wall time');
    guard.leave(ACCOUNT, 'nothing');
    expect(await third).toBe(true);
  });

  test('listens no more, nor does who got a turn', async () => {
    const guard = new IdentityGuard();
    const { signal } = new AbortController();
    await guard.enter(ACCOUNT, signal);
    guard.leave(ACCOUNT, 'nothing');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('takes nobody else out of the line', async () => {
    const guard = new IdentityGuard();
    await guard.enter(ACCOUNT, never);
    const second = guard.enter(ACCOUNT, never);
    const gone = new AbortController();
    const third = guard.enter(ACCOUNT, gone.signal);
    gone.abort(new Error('wall time'));
    await expect(third).rejects.toThrow('wall time');
    guard.leave(ACCOUNT, 'nothing');
    expect(await second).toBe(true);
  });

  test('leaves it also where the turn came at that very moment', async () => {
    const guard = new IdentityGuard();
    await guard.enter(ACCOUNT, never);
    const gone = new AbortController();
    const second = guard.enter(ACCOUNT, gone.signal).catch(() => 'gone');
    const third = guard.enter(ACCOUNT, never);
    gone.abort(new Error('wall time'));
    guard.leave(ACCOUNT, 'nothing');
    expect(await second).toBe('gone');
    expect(await third).toBe(true);
  });
});
