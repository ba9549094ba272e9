import { execFileSync } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import type { AttemptHandle } from '../../../src/model/probe.ts';
import type { HoldRequest } from '../../../src/model/records.ts';
import { systemClock } from '../../../src/sample/clock.ts';
import { sample } from '../../../src/sample/sample.ts';
import { type FakeClock, fakeClock, pause } from '../../kit/clock.ts';
import { make } from './make.ts';
import { planted, Refused, sampleAll, sampling, taking } from './planted.ts';
import { watched } from './watched.ts';

const hang = () => new Promise<never>(() => {});

/** Stands still for so long as soon as other work has had its turn, as a computation of another target would. */
const standStill = (time: FakeClock, ms: number) => pause(time, 1).then(() => time.stall(ms));

async function attempted(attempt: (at: AttemptHandle, time: FakeClock) => Promise<unknown>, hold?: HoldRequest) {
  const time = fakeClock();
  const { health } = watched(time);
  const work = (at: AttemptHandle) => attempt(at, time);
  const over = hold === undefined ? {} : { hold, client: { hold: async (at: AttemptHandle) => void (await work(at)) } };
  const { record, broke } = await make(work, { time, health, ...over });
  health.stop();
  return { ...record, broke };
}

describe('an attempt of a probe that stood still', () => {
  test('is starved where it ran out of time for it', async () => {
    const record = await attempted(async (at, time) => {
      void standStill(time, 20_000);
      await at.stage('connect', hang);
    });
    expect(record).toMatchObject({ outcome: 'failed', failure: { cause: 'connect-timeout' }, taint: 'starved' });
  });

  test('is starved where it worked, and took its time from that', async () => {
    const record = await attempted(async (at, time) => {
      void standStill(time, 1_500);
      await at.stage('request', () => pause(time, 10));
    });
    expect(record).toMatchObject({ outcome: 'succeeded', taint: 'starved' });
  });

  test('counts where the target was silent for all of a deadline beside it', async () => {
    const record = await attempted(async (at, time) => {
      void standStill(time, 1_500);
      await at.stage('connect', hang);
    });
    expect(record).toMatchObject({ failure: { cause: 'connect-timeout' }, taint: null });
  });

  test('counts where the target refused it all the same', async () => {
    const record = await attempted(async (at, time) => {
      void standStill(time, 1_500);
      await at.stage('authenticate', () => pause(time, 10).then(() => Promise.reject(new Refused('login-rejected'))));
    });
    expect(record).toMatchObject({ failure: { cause: 'login-rejected' }, taint: null });
  });

  test('is starved in the stage that failed, after a hold of any length', async () => {
    const hold: HoldRequest = { kind: 'idle', plannedMs: 250_000, keepalive: 'as-client' };
    const record = await attempted(async (at, time) => {
      await at.stage('hold', () => pause(time, 250_000));
      void standStill(time, 8_000);
      await at.stage('reuse', hang);
    }, hold);
    expect(record).toMatchObject({ failure: { stage: 'reuse', cause: 'idle-silent' }, taint: 'starved' });
  });

  test('is no defect of ours where it stood still between two stages', async () => {
    const record = await attempted(async (at, time) => {
      await at.stage('connect', async () => {});
      time.stall(20_000);
      await pause(time, 1);
      await at.stage('request', async () => {});
    });
    expect(record).toMatchObject({ outcome: 'succeeded', taint: 'starved', broke: [] });
  });
});

describe('an answer that came in time, to a probe that stood still when the deadline passed', () => {
  /** Sockets are read after the timers that are due. */
  const answeredMeanwhile = async (at: AttemptHandle, time: FakeClock) => {
    const answer = standStill(time, 12_000).then(() => pause(time, 1));
    await at.stage('connect', () => answer);
    await at.stage('request', () => pause(time, 30_000 - time.elapsedMs()));
  };

  test('is read, and is no failure', async () => {
    const record = await attempted(answeredMeanwhile);
    expect(record.stages[0]).toMatchObject({ stage: 'connect', ok: true });
  });
});

test('a clock that is set while an attempt runs makes it no attempt', async () => {
  const record = await attempted(async (at, time) => {
    time.step(7_200_000);
    await at.stage('tls', () => Promise.reject(new Refused('certificate-expired')));
  });
  expect(record).toMatchObject({ failure: { cause: 'certificate-expired' }, taint: 'clock' });
});

test('a slow target with a probe that is well is not excused', async () => {
  const record = await attempted((at) => at.stage('connect', hang));
  expect(record).toMatchObject({ outcome: 'failed', failure: { cause: 'connect-timeout' }, taint: null });
});

describe('attempts that were ours to lose', () => {
  const unwell = (lost: (n: number) => boolean) => async (at: AttemptHandle) => {
    await at.stage('request', async () => {
      if (lost(at.n)) throw new Refused('local-starvation');
    });
  };

  test('are made up for', async () => {
    const sampled = await sampleAll([planted({ client: { attempt: unwell((n) => n === 3 || n === 7) } })]);
    expect(
      sampled
        .attempts()
        .map(({ taint }) => taint)
        .filter((taint) => taint === null),
    ).toHaveLength(15);
    expect(sampled.attempts()).toHaveLength(17);
    expect(sampled.stop()).toBe('attempts');
  });

  test('are made up for only so long as the run could still count as clean', async () => {
    const sampled = await sampleAll([planted({ client: { attempt: unwell((n) => n > 1) } })]);
    expect(sampled.attempts()).toHaveLength(18);
  });

  test('are no knocks at a target that has never worked', async () => {
    const refuse = (at: AttemptHandle) => new Refused(at.n < 3 ? 'local-starvation' : 'connection-refused');
    const attempt = (at: AttemptHandle) => at.stage('connect', () => Promise.reject(refuse(at)));
    const sampled = await sampleAll([planted({ client: { attempt } })]);
    expect(sampled.attempts()).toHaveLength(7);
    expect(sampled.stop()).toBe('never-succeeded');
  });

  test('have tried no dear part', async () => {
    const asked: number[] = [];
    const attempt = async (at: AttemptHandle) => {
      if (at.part === null) return;
      asked.push(at.n);
      at.beginPart();
      await unwell((n) => n === 3)(at);
    };
    await sampleAll([planted({ parts: { join: 3 }, client: { attempt } })]);
    expect(asked).toEqual([2, 3, 4, 5]);
  });
});

test('a lack of ports is told to whoever watches', async () => {
  const time = fakeClock();
  const { health, records } = watched(time);
  await make((at) => at.stage('connect', () => Promise.reject(new Refused('local-starvation'))), { time, health });
  health.stop();
  expect(records).toMatchObject([{ seen: ['exhausted'] }]);
});

describe('in real time', () => {
  /** The event loop stands, and no CPU is used. */
  const block = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

  test('a block of the event loop starves the attempts it falls on and no others', async () => {
    const { health, records } = watched(systemClock);
    const attempt = async (at: AttemptHandle) => {
      await at.stage('request', async () => {
        if (at.n === 4) setTimeout(() => block(1_500), 5);
        await new Promise((done) => setTimeout(done, 20));
        if (at.n === 8) throw new Refused('connection-reset');
      });
    };
    const { request, sampled } = sampling([planted({ client: { attempt } })], {
      limits: { newConnectionsPerSecond: 1_000 },
      health,
    });
    await sample({ ...request, clock: systemClock });
    health.stop();
    const tainted = sampled.attempts().filter(({ taint }) => taint !== null);
    expect(tainted).toMatchObject([{ n: 4, outcome: 'succeeded', taint: 'starved' }]);
    expect(sampled.attempts()).toHaveLength(16);
    expect(sampled.attempts().filter(({ outcome }) => outcome === 'failed')).toMatchObject([{ n: 8, taint: null }]);
    expect(records.flatMap(({ seen }) => seen)).toContain('stall');
  });
});

describe('in real time, with every thread that looks names up taken', () => {
  test('a lookup that never had its turn is not the target’s', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'probe-threads-'));
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    // opening a pipe that nobody writes to keeps a thread, as a resolver that does not answer would
    const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
    const kept = Array.from({ length: threads }, () => open(pipe, 'r'));
    const { health, records } = watched(systemClock, { host: { thread: () => stat('/') } });
    const attempt = (at: AttemptHandle) => at.stage('resolve', () => lookup('localhost'));
    const { request, sampled } = sampling(
      [planted({ client: { attempt }, deadlinesMs: { resolve: 2_500 }, attempts: { most: 2, least: 2 }, spare: 0 })],
      { health, limits: { newConnectionsPerSecond: 1_000 } },
    );
    const whole = sample({
      ...request,
      clock: systemClock,
      write(record) {
        request.write(record);
        if (kept.length === 0) return;
        const writer = openSync(pipe, 'r+');
        void Promise.all(kept.splice(0)).then((handles) => {
          closeSync(writer);
          for (const handle of handles) void handle.close();
        });
      },
    });
    await whole;
    health.stop();
    rmSync(folder, { recursive: true });
    expect(sampled.attempts()).toMatchObject([
      { outcome: 'failed', failure: { cause: 'name-lookup-timeout' }, taint: 'starved' },
      { outcome: 'succeeded', taint: null },
    ]);
    expect(records.flatMap(({ seen }) => seen)).toContain('exhausted');
  });
});

test('the standstill of one target’s work starves the attempts of the others', async () => {
  const time = fakeClock();
  const { health } = watched(time);
  const busy = async (at: AttemptHandle) => {
    await taking(time, 5)(at);
    if (at.n === 2) time.stall(30_000);
  };
  const { request, sampled } = sampling(
    [
      planted({ record: { name: 'busy' }, client: { attempt: busy } }),
      planted({ record: { name: 'other' }, client: { attempt: taking(time, 100) } }),
    ],
    { time, health, limits: { newConnectionsPerSecond: 1_000 } },
  );
  await time.until(sample(request));
  health.stop();
  const tainted = sampled.attempts('other').filter(({ taint }) => taint !== null);
  expect(tainted).toHaveLength(1);
  expect(sampled.attempts('other')).toHaveLength(16);
});
