import type { RunOfTarget } from '../../../src/model/analysis.ts';
import type { Criteria } from '../../../src/model/policy.ts';
import { instant, T0 } from '../../kit/evidence.ts';

const HOUR_MS = 3_600_000;

export const criteria = (over: Partial<Criteria> = {}): Criteria => ({
  tolerable: 0.1,
  connections: 5,
  retriesFirstConnection: false,
  runsPerMonth: 720,
  threshold: 20,
  ...over,
});

/** A whole run of its own host, an hour after the one before. */
export const runOf = (index: number, over: Partial<RunOfTarget> = {}): RunOfTarget => ({
  run: `run-${index}`,
  startedAt: instant(T0 + index * HOUR_MS),
  endedAt: instant(T0 + index * HOUR_MS + 60_000),
  bootId: `boot-${index}`,
  profile: 'gate',
  scope: 'period',
  complete: true,
  damaged: false,
  stop: null,
  succeeded: 15,
  failed: 0,
  unjudged: 0,
  repeated: 0,
  aborted: 0,
  broken: 0,
  tainted: 0,
  uplink: 0,
  controlWorked: true,
  egress: [],
  firstScored: true,
  firstFailed: false,
  firstRepeated: false,
  longestFailures: 0,
  turns: 0,
  laterPlaces: 0,
  parts: [],
  lastSuccessAt: null,
  ...over,
});

export const bad = { succeeded: 0, failed: 15, firstFailed: true } as const;
