import type { Action, Blocker, Cell } from '../../../src/model/decision.ts';

// Cells of a decision written by hand, and what blocks them.

export const egress: Blocker = {
  target: 'claims-db',
  rule: 'egress/observed-within-allowed',
  observed: '198.51.100.7 was seen by the server, which is outside of what its firewall allows.',
  required: 'every address that the target saw lies within 203.0.113.0/24',
  cause: 'egress-not-allowed',
  owner: 'network',
  action: 'Allow the egress addresses of this context at the target, or give it a private endpoint.',
};

export const tooOften: Blocker = {
  target: 'claims-events',
  rule: 'stability/failure-rate',
  observed: '2 of 7 independent runs met a failure',
  required: 'fewer than 10 % of job runs meet a failure, with 95 % confidence',
  cause: 'fails-too-often',
  owner: 'platform',
  action: [
    'Mend the causes listed under failures. Then set the runs so far aside, and a new history begins:',
    'policy:',
    '  since:',
    '    - { target: "claims-events", context: "serverless", at: "2026-11-26T08:59:00.000Z", reason: "what was mended", ticket: "TICKET", approvedBy: "NAME" }',
  ].join('\n'),
};

const slow: Blocker = {
  target: null,
  rule: 'runtime/needs',
  observed: 'a task is moved to another host at any time',
  required: 'what the workload keeps is not on the host',
  cause: null,
  owner: 'workload',
  action: null,
};

export const action = (blocker: Blocker, more: Partial<Action>): Action => ({
  action: (blocker.action ?? '').split('\n')[0]?.replace(/:$/, '.') ?? '',
  cause: blocker.cause,
  owner: blocker.owner,
  target: blocker.target,
  contexts: ['serverless'],
  unblocks: [],
  touches: [],
  completes: [],
  ...more,
});

export const cell = (more: Partial<Cell>): Cell => ({
  context: 'dedicated',
  vantage: 'driver',
  placement: 'suitable',
  why: 'claims-ingest can run in dedicated: 0 of 33 independent runs met a failure.',
  declared: false,
  blockers: [],
  missing: [],
  waived: [],
  warnings: [],
  blocks: null,
  needed: null,
  badRunsToLose: null,
  cost: { perMonth: null, billedHours: null, startupSeconds: null, startupFrom: null, missing: [] },
  ...more,
});

const runs = { counted: 7, clean: 7, met: 0, needed: 32, sameHost: 1, tooClose: 0, tolerable: 0.1, upperBound95: 0.37 };

export const CELLS = {
  ingestInDedicated: cell({
    badRunsToLose: 2,
    cost: { perMonth: 1_080, billedHours: 540, startupSeconds: 300, startupFrom: 'declared', missing: [] },
  }),
  ingestInServerless: cell({
    context: 'serverless',
    placement: 'unsuitable',
    why: 'claims-ingest cannot run in serverless as it is: egress-not-allowed at claims-db, fails-too-often at claims-events.',
    blockers: [egress, tooOften],
    warnings: [slow],
    cost: {
      perMonth: null,
      billedHours: 500,
      startupSeconds: 22.5,
      startupFrom: 'measured',
      missing: ['contexts.serverless.costPerHour'],
    },
  }),
  exportInDedicated: cell({
    why: 'claims-export can run in dedicated: all that is asked of its targets holds, or is waived.',
    cost: {
      perMonth: null,
      billedHours: null,
      startupSeconds: 300,
      startupFrom: 'declared',
      missing: ['workloads.claims-export.duration'],
    },
  }),
  exportInServerless: cell({
    context: 'serverless',
    placement: 'undetermined',
    why: 'Whether claims-export can run in serverless is not known: missing is 25 more clean runs.',
    missing: [
      { target: null, rule: 'evidence/runs', what: '25 more clean cold-start runs in serverless' },
      { target: 'drop', rule: 'idle/survives', what: 'that a connection survives being idle for 5 min' },
    ],
    waived: [
      {
        target: 'drop',
        rule: 'identity/as-declared',
        verdict: 'fail',
        observed: 'the peer saw the identity svc-a',
        until: '2026-12-31T23:59:59.000Z',
        approvedBy: 'Ada',
        ticket: 'SEC-1',
        reason: 'the account is renamed in December',
      },
    ],
    blocks: { ...runs, ofRunsPerMonth: '269 of 720' },
    needed: { runs: 25, attempts: null, spanSeconds: 68_400, withinMaxRuns: false },
  }),
} as const;
