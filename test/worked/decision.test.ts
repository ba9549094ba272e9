import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Lab, startLab } from '../../fixtures/lab.ts';
import { type Cell, type Decision, decision as decisionSchema, type Strategy } from '../../src/model/decision.ts';
import { openWorkspace, type Workspace } from '../kit/cli.ts';
import { gather, HOUR_MS } from './gathering.ts';
import { configOf, INGESTION, NETWORKS, type Terms, TRANSFORMATION } from './platform.ts';

// The whole way once: runs of the built command in two contexts, then what is decided of them, and of each change on its own.

const RUNS = 40;
/** A target whose earlier runs are set aside needs 39. */
const RUNS_AFTER = 41;
const MOST_AFTER = 56;
const BEGAN_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 100 * HOUR_MS;
const CHANGED_MS = BEGAN_MS + 42 * HOUR_MS;

let lab: Lab;
let workspace: Workspace;

beforeAll(async () => {
  const startedMs = performance.now();
  lab = await startLab('dedicated');
  workspace = await openWorkspace();
  mkdirSync(workspace.path('lake'));
  const config = configOf(lab, workspace.path('lake'));
  const run = (series: Omit<Parameters<typeof gather>[0], 'config'>) =>
    gather({ config, ...series }, workspace, lab.env);
  // each reads what the other has left, so that they take turns
  for (const half of [0, 1]) {
    const startMs = BEGAN_MS + half * (RUNS / 2) * HOUR_MS;
    lab.moveTo(NETWORKS.dedicated);
    await run({ context: 'dedicated', folder: 'dedicated', startMs, runs: RUNS / 2 });
    lab.moveTo(NETWORKS.serverless);
    await run({ context: 'serverless', folder: 'serverless', startMs, runs: RUNS / 2 });
  }
  for (const { folder, network, targets, since } of [LONGER_TOKEN, KEEPALIVE]) {
    lab.moveTo({ ...NETWORKS.serverless, ...network });
    // what a busy machine took from a run is asked for again
    for (let made = 0, more = RUNS_AFTER; more > 0 && made < MOST_AFTER; ) {
      await run({ context: 'serverless', folder, targets, startMs: CHANGED_MS + (made + 1) * HOUR_MS, runs: more });
      made += more;
      more = runsToMake(await decide({ folders: [folder], since }));
    }
  }
  console.log(`the evidence took ${Math.round((performance.now() - startedMs) / 1_000)} s`);
}, 1_200_000);
afterAll(async () => {
  await workspace?.[Symbol.asyncDispose]();
  await lab?.[Symbol.asyncDispose]();
});

const fixed = (...targets: readonly string[]): readonly object[] =>
  targets.map((target) => ({
    target,
    context: 'serverless',
    at: new Date(CHANGED_MS).toISOString(),
    reason: 'changed',
    ticket: 'CHG-1',
    approvedBy: 'platform team',
  }));

const LONGER_TOKEN = {
  folder: 'longer-token',
  network: { tokenSeconds: NETWORKS.dedicated.tokenSeconds },
  targets: ['lake-identity', 'provider-api', 'admissions-events'],
  since: fixed('lake-identity'),
};
const KEEPALIVE = {
  folder: 'keepalive',
  network: { forgetIdleAfterMs: NETWORKS.dedicated.forgetIdleAfterMs },
  targets: ['members-db', 'claims-events'],
  since: fixed('members-db', 'claims-events'),
};

/** As the worklist has it. */
const runsToMake = ({ worklist }: Decision): number =>
  worklist.runs.find(({ context }) => context === 'serverless')?.runs ?? 0;

async function decide(change: Terms & { readonly folders?: readonly string[] } = {}): Promise<Decision> {
  const { folders = [], ...terms } = change;
  workspace.write('present.yaml', stringify(configOf(lab, workspace.path('lake'), terms), { lineWidth: 0 }));
  const args = ['decide', 'dedicated', 'serverless', ...folders, '--config', 'present.yaml', '--report', 'json'];
  const { exit, stdout, stderr } = await workspace.probe(args);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return decisionSchema.parse(JSON.parse(stdout));
}

const cellsIn = ({ workloads }: Decision, context: string): Readonly<Record<string, Cell>> =>
  Object.fromEntries(
    workloads.flatMap(({ name, cells }) =>
      cells.filter((cell) => cell.context === context).map((cell) => [name, cell] as const),
    ),
  );

const placementsIn = (decision: Decision, context: string) =>
  Object.fromEntries(Object.entries(cellsIn(decision, context)).map(([name, { placement }]) => [name, placement]));

const all = (names: readonly string[], placement: string) => Object.fromEntries(names.map((name) => [name, placement]));

const blockersIn = (decision: Decision, context: string) =>
  Object.fromEntries(
    Object.entries(cellsIn(decision, context))
      .filter(([, { blockers }]) => blockers.length > 0)
      .map(([name, { blockers }]) => [name, blockers.map(({ cause, target }) => `${cause} at ${target}`).sort()]),
  );

function strategyIn({ strategies }: Decision, name: Strategy['name']): Strategy {
  const found = strategies.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no strategy ${name}`);
  return found;
}

const BLOCKERS = {
  'claims-ingest': ['egress-not-allowed at claims-db'],
  'members-ingest': ['idle-dropped at members-db'],
  'claims-stream': ['idle-dropped at claims-events'],
  'admissions-stream': ['egress-not-allowed at admissions-events', 'token-ends-before-job at lake-identity'],
  'eligibility-check': ['egress-not-allowed at partner-egress'],
  'provider-sync': ['token-ends-before-job at lake-identity'],
};

describe('as things are', () => {
  let decision: Decision;
  beforeAll(async () => {
    decision = await decide();
  });

  test('every workload suits dedicated compute', () => {
    expect(blockersIn(decision, 'dedicated')).toEqual({});
    expect(placementsIn(decision, 'dedicated')).toEqual(all([...INGESTION, ...TRANSFORMATION], 'suitable'));
  });

  test('transformation suits serverless compute, and ingestion does not', () => {
    expect(placementsIn(decision, 'serverless')).toEqual({
      ...all(INGESTION, 'unsuitable'),
      ...all(TRANSFORMATION, 'suitable'),
    });
  });

  test('every blocker is named, and nothing else is one', () => {
    expect(blockersIn(decision, 'serverless')).toEqual(BLOCKERS);
  });

  test('ingestion is placed on dedicated compute and transformation on serverless', () => {
    expect(decision.recommended.strategy).toBe('hybrid');
    expect(Object.fromEntries(decision.workloads.map(({ name, placement }) => [name, placement]))).toEqual({
      ...all(INGESTION, 'dedicated'),
      ...all(TRANSFORMATION, 'serverless'),
    });
  });

  test('the three strategies are compared: serverless alone is infeasible, and what it would take is listed', () => {
    const feasibilities = decision.strategies.map(({ name, feasibility }) => `${name} ${feasibility}`);
    expect(feasibilities).toEqual(['dedicated feasible', 'serverless infeasible', 'hybrid feasible']);
    const actions = strategyIn(decision, 'serverless').actions.map(({ cause, target }) => `${cause} at ${target}`);
    expect(actions.sort()).toEqual([...new Set(Object.values(BLOCKERS).flat())].sort());
  });

  test('what they cost is compared: to move what can move costs more than to move nothing, and less than to move all', () => {
    const costs = decision.strategies.map(({ cost }) => cost);
    expect(costs.map(({ currency, missing }) => ({ currency, missing }))).toEqual(
      Array(3).fill({ currency: 'USD', missing: [] }),
    );
    const [dedicated = 0, serverless = 0, hybrid = 0] = costs.map(({ perMonth }) => perMonth ?? Number.NaN);
    expect(hybrid).toBeGreaterThan(dedicated);
    expect(hybrid).toBeLessThan(serverless);
  });

  test('what one kind of compute writes the other has read, both ways', () => {
    expect(
      strategyIn(decision, 'hybrid')
        .handoffs.map(({ target, writtenIn, readIn, verdict }) => `${target} ${writtenIn} ${readIn} ${verdict}`)
        .sort(),
    ).toEqual(['lake dedicated serverless pass', 'lake serverless dedicated pass']);
  });

  test('each suitable cell stands on 32 clean runs at least, or was declared', () => {
    for (const context of ['dedicated', 'serverless']) {
      for (const { placement, blocks, declared } of Object.values(cellsIn(decision, context))) {
        if (placement !== 'suitable' || declared) continue;
        expect(blocks?.clean).toBeGreaterThanOrEqual(32);
        expect(blocks?.met).toBe(0);
      }
    }
  });

  test('the runs are counted as those of a lab', () => {
    const runs = decision.contexts.flatMap(({ vantages }) => vantages.map((vantage) => vantage.runs));
    expect(runs).toEqual(Array.from({ length: 2 }, () => ({ counted: RUNS, notCounted: 0, lab: RUNS })));
  });
});

describe('each single change moves exactly the workloads that it should', () => {
  const everything = [...INGESTION, ...TRANSFORMATION];

  test.each<[change: string, terms: Parameters<typeof decide>[0], moved: readonly string[]]>([
    ['nothing', {}, []],
    ['the allowlist is widened', { allowlist: 'as-published' }, ['claims-ingest', 'eligibility-check']],
    ['the token lives longer', { folders: [LONGER_TOKEN.folder], since: LONGER_TOKEN.since }, ['provider-sync']],
    [
      'idle connections are kept alive',
      { folders: [KEEPALIVE.folder], since: KEEPALIVE.since },
      ['members-ingest', 'claims-stream'],
    ],
    [
      'the allowlist is widened and the token lives longer',
      { allowlist: 'as-published', folders: [LONGER_TOKEN.folder], since: LONGER_TOKEN.since },
      ['claims-ingest', 'eligibility-check', 'provider-sync', 'admissions-stream'],
    ],
    [
      'all three are made',
      {
        allowlist: 'as-published',
        folders: [LONGER_TOKEN.folder, KEEPALIVE.folder],
        since: [...LONGER_TOKEN.since, ...KEEPALIVE.since],
      },
      INGESTION,
    ],
  ])('where %s', async (_, terms, moved) => {
    const decision = await decide(terms);
    expect(placementsIn(decision, 'dedicated')).toEqual(all(everything, 'suitable'));
    expect(placementsIn(decision, 'serverless')).toEqual({
      ...all(INGESTION, 'unsuitable'),
      ...all([...TRANSFORMATION, ...moved], 'suitable'),
    });
    const placed = decision.workloads.filter(({ placement }) => placement === 'serverless').map(({ name }) => name);
    expect(placed.sort()).toEqual([...TRANSFORMATION, ...moved].sort());
    expect(decision.recommended.strategy).toBe(moved.length === INGESTION.length ? 'serverless' : 'hybrid');
  });

  test.each([
    ['the token', LONGER_TOKEN],
    ['idle connections', KEEPALIVE],
  ])('a change of %s is not believed without the word that earlier runs are set aside', async (_, { folder }) => {
    const decision = await decide({ folders: [folder] });
    expect(blockersIn(decision, 'serverless')).toEqual(BLOCKERS);
  });

  test('a change without evidence after it leaves its workloads undetermined', async () => {
    const decision = await decide({ since: LONGER_TOKEN.since });
    expect(cellsIn(decision, 'serverless')['provider-sync']).toMatchObject({ placement: 'undetermined', blockers: [] });
  });
});
