import type { Decision } from '../../../src/model/decision.ts';
import { action, CELLS, egress, tooOften } from './decision-cells.ts';

// A decision written by hand: what a renderer shows must not depend on how it was decided.

export const whole: Decision = {
  schemaVersion: 1,
  tool: { name: 'preflight-probe', version: '0.1.0', digest: `sha256:${'0'.repeat(64)}` },
  decidedAt: '2026-11-26T09:00:00.000Z',
  configDigest: `sha256:${'1'.repeat(64)}`,
  worklist: {
    contexts: [
      { context: 'dedicated', suitable: 2, undetermined: 0, unsuitable: 0 },
      { context: 'serverless', suitable: 0, undetermined: 1, unsuitable: 1 },
    ],
    actions: [
      action(egress, { unblocks: ['claims-ingest'], touches: ['claims-a', 'claims-b'] }),
      action(tooOften, {
        touches: ['claims-a', 'claims-1', 'claims-2', 'claims-3', 'claims-4', 'claims-5', 'claims-6'],
        completes: ['claims-a'],
      }),
    ],
    runs: [{ context: 'serverless', vantage: 'driver', runs: 25, spanSeconds: 68_400, workloads: ['claims-export'] }],
    missing: [
      {
        what: 'that a connection survives being idle for 5 min, at drop in serverless: no connection was held',
        context: 'serverless',
        workloads: ['claims-export'],
      },
    ],
  },
  recommended: {
    strategy: 'dedicated',
    why: 'Each of 2 workloads is suitable: 2 in dedicated.',
    flips: ['2 more bad runs would take the pass away from claims-ingest in dedicated'],
  },
  strategies: [
    {
      name: 'dedicated',
      feasibility: 'feasible',
      why: 'Each of 2 workloads is suitable: 2 in dedicated.',
      placements: [
        { workload: 'claims-ingest', context: 'dedicated', placement: 'suitable' },
        { workload: 'claims-export', context: 'dedicated', placement: 'suitable' },
      ],
      actions: [],
      missing: [],
      handoffs: [],
      cost: { perMonth: null, currency: 'EUR', missing: ['workloads.claims-export.duration'] },
    },
    {
      name: 'serverless',
      feasibility: 'infeasible',
      why: '1 workload of 2 cannot run there as they are; 2 actions would change that.',
      placements: [
        { workload: 'claims-ingest', context: null, placement: 'unsuitable' },
        { workload: 'claims-export', context: null, placement: 'undetermined' },
      ],
      actions: [action(egress, { unblocks: ['claims-ingest'] })],
      missing: ['25 more clean cold-start runs in serverless, from the vantage driver'],
      handoffs: [],
      cost: { perMonth: null, currency: 'EUR', missing: ['contexts.serverless.costPerHour of serverless'] },
    },
    {
      name: 'hybrid',
      feasibility: 'undetermined',
      why: 'Not known yet: missing is the handoff through lake.',
      placements: [],
      actions: [],
      missing: ['the handoff through lake'],
      handoffs: [
        {
          target: 'lake',
          writtenIn: 'dedicated',
          readIn: 'serverless',
          verdict: 'inconclusive',
          observed: 'dedicated has written no canary: run it there, and then in serverless',
        },
      ],
      cost: { perMonth: null, currency: null, missing: ['policy.currency'] },
    },
  ],
  workloads: [
    {
      name: 'claims-ingest',
      uses: ['claims-db', 'claims-events'],
      connectsFrom: 'driver',
      stateless: false,
      needs: ['rdd'],
      judgedBy: 'config',
      placement: 'dedicated',
      cells: [CELLS.ingestInDedicated, CELLS.ingestInServerless],
      breakEven: [
        {
          contexts: ['dedicated', 'serverless'],
          durationSeconds: 2_340,
          dutyCycle: 0.641,
          cheaperBelow: 'serverless',
        },
      ],
    },
    {
      name: 'claims-export',
      uses: ['drop'],
      connectsFrom: 'driver',
      stateless: true,
      needs: [],
      judgedBy: 'evidence',
      placement: 'dedicated',
      cells: [CELLS.exportInDedicated, CELLS.exportInServerless],
      breakEven: [],
    },
  ],
  contexts: [
    {
      name: 'dedicated',
      kind: 'databricks-classic',
      compute: 'dedicated',
      ephemeral: false,
      costPerHour: 2,
      vantages: [
        {
          vantage: 'driver',
          runs: { counted: 33, notCounted: 0, lab: 4 },
          firstAt: '2026-11-24T08:00:00.000Z',
          lastAt: '2026-11-26T08:00:00.000Z',
          findings: [],
        },
      ],
    },
    {
      name: 'serverless',
      kind: null,
      compute: 'serverless',
      ephemeral: true,
      costPerHour: null,
      vantages: [
        {
          vantage: 'driver',
          runs: { counted: 7, notCounted: 1, lab: 0 },
          firstAt: '2026-11-25T08:00:00.000Z',
          lastAt: '2026-11-26T08:54:00.000Z',
          findings: [
            {
              rule: 'evidence/readable',
              verdict: 'inconclusive',
              observed: '1 problem: serverless.ndjson:17: not a record',
              required: 'every file of the folder is readable evidence',
              cause: 'evidence-unreadable',
              owner: 'operator',
              action: 'Restore the file from where it was copied, or run again.',
              waiver: null,
            },
          ],
        },
      ],
    },
  ],
  comparisons: [
    {
      vantage: 'driver',
      baseline: 'dedicated',
      other: 'serverless',
      otherVantage: 'driver',
      targets: [
        { target: 'drop', relation: 'same', why: 'Nothing that was learnt differs.', rates: null, differences: [] },
        {
          target: 'claims-db',
          relation: 'worse',
          why: 'serverless fails by egress-not-allowed; dedicated did not in 33 independent runs.',
          rates: null,
          differences: [
            {
              kind: 'egress',
              baseline: '203.0.113.9',
              other: '198.51.100.7',
              says: 'leaves by 203.0.113.9 in dedicated and by 198.51.100.7 in serverless',
            },
          ],
        },
      ],
    },
  ],
  remarks: [
    { context: null, what: '1 file there twice: a.ndjson', effect: 'each run counts once', runs: null },
    { context: 'serverless', what: 'older than policy.maxAge', effect: 'set aside for: claims-db', runs: 3 },
  ],
  findings: [
    {
      rule: 'policy/waivers',
      verdict: 'warn',
      observed: 'The waiver of idle/survives at drop ended 2026-11-20.',
      required: 'each waiver is in force and waives something',
      cause: 'waiver-unused',
      owner: 'operator',
      action: 'Take the waiver out of policy.waivers, or correct it.',
      waiver: null,
    },
  ],
  policy: {
    profile: 'gate',
    prefer: 'serverless',
    tolerableFailedRuns: 0.1,
    minSpanSeconds: 86_400,
    maxAgeSeconds: 2_592_000,
    maxRuns: 120,
    independence: { minGapSeconds: 300, distinctHosts: false },
    warn: 'allows',
    since: [
      {
        target: 'claims-db',
        context: 'serverless',
        at: '2026-11-24T08:00:00.000Z',
        reason: 'the NAT gateway was replaced',
        ticket: 'NET-8',
        approvedBy: 'Grace',
      },
    ],
    waivers: [
      {
        target: 'drop',
        rule: 'identity/as-declared',
        context: null,
        until: '2026-12-31T23:59:59.000Z',
        approvedBy: 'Ada',
        ticket: 'SEC-1',
        reason: 'the account is renamed in December',
      },
    ],
  },
};
