/** The parts of one attempt, in the order in which they can come. */
export const STAGES = [
  'resolve',
  'connect',
  'tls',
  'negotiate',
  'authenticate',
  'authorize',
  'request',
  'hold',
  'reuse',
  'renew',
] as const;
export type StageName = (typeof STAGES)[number];

/** How long each stage may take, in milliseconds, where neither the user nor the target's own client settings say otherwise. */
export const STAGE_DEADLINES_MS: Readonly<Record<Exclude<StageName, 'hold'>, number>> = {
  resolve: 5_000,
  connect: 10_000,
  tls: 10_000,
  negotiate: 10_000,
  authenticate: 15_000,
  authorize: 15_000,
  request: 15_000,
  reuse: 5_000,
  renew: 15_000,
};

/** What a hold may take beyond the time that it was asked to stay. */
export const HOLD_GRACE_MS = 15_000;
