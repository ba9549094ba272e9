import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storage } from '../../probes/storage/probe.ts';
import { evidenceIn, type Keep, openKeep, openWorkspace, type Workspace } from '../kit/cli.ts';
import { requireTool } from '../kit/requires.ts';
import { type Engine, pysparkIsHere, startEngine } from './spark/engine.ts';

const TABLE = 'handoff_of_the_probe';

const config = (folder: string) => ({
  version: 1,
  // with fewer attempts a run does not count
  sampling: { profile: 'gate', pace: '500/s', attempts: 10 },
  targets: { lake: { type: 'storage', url: folder } },
  workloads: {
    ingest: { uses: ['lake'], connectsFrom: 'spark-source', connectionsPerRun: 1, runsPerMonth: 720 },
    report: { uses: ['lake'], connectsFrom: 'spark-source', connectionsPerRun: 1, runsPerMonth: 720 },
  },
  contexts: { dedicated: { ephemeral: false }, serverless: { ephemeral: true }, pod: { ephemeral: true } },
});

describe.skipIf(requireTool('pyspark', pysparkIsHere()))(
  'a handoff by way of a Delta table (needs pyspark: scripts/ci/pyspark.sh)',
  () => {
    const keep: Keep = openKeep();
    let engine: Engine;
    let workspace: Workspace;

    beforeAll(async () => {
      workspace = await keep(openWorkspace());
      workspace.configure(config(workspace.folder));
      engine = await keep(startEngine('local[1]'));
    });
    afterAll(() => keep[Symbol.asyncDispose]());

    const gather = async (context: string, table = TABLE) => {
      const { path } = workspace;
      const { error } = await engine.run('spark_source', [
        ...['--config', path('probe.yaml'), '--context', context, '--evidence', path(context)],
        ...['--table', `lake=${table}`],
      ]);
      return error;
    };
    const rows = async () => (await engine.sql(`SELECT context FROM ${TABLE}`)).rows;
    const readIn = (context: string) =>
      evidenceIn(workspace.path(context)).flatMap((record) =>
        record.record === 'attempt' ? [storage.observation.parse(record.observation)] : [],
      );

    test('what one context has appended every other reads, whole, and both sides are matched', async () => {
      const arrived = (context: string) => ({ context, digest: readIn(context)[0]?.wrote });
      expect(await gather('dedicated')).toBeNull();
      expect(await rows()).toEqual([{ context: 'dedicated' }]);
      expect(await gather('serverless')).toBeNull();

      const [first, ...more] = readIn('serverless');
      expect(first).toMatchObject({ back: 'same', listed: true, damaged: 0, deletes: null });
      // this is how decide matches both sides
      expect(first?.read).toMatchObject([arrived('dedicated')]);
      expect(more).toHaveLength(9);
      for (const { read } of more) expect(read).toEqual([]);

      // the third one comes after another has read
      expect(await gather('pod')).toBeNull();
      expect(readIn('pod')[0]?.read).toMatchObject([arrived('serverless'), arrived('dedicated')]);
      expect(await rows()).toHaveLength(3);
    });

    test('a context deletes its own row of an earlier run, and what others have left a week ago', async () => {
      const old = { canary: 'preflight-probe', context: 'gone', run: 'r', at: '2020-01-01T00:00:00+00:00' };
      await engine.sql(`INSERT INTO ${TABLE} VALUES ('gone', 'r', '${JSON.stringify(old)}')`);

      expect(await gather('dedicated')).toBeNull();

      const [again] = readIn('dedicated').slice(-10);
      expect(again).toMatchObject({ back: 'same', damaged: 0, deletes: true });
      expect(again?.read.map(({ context }) => context)).toEqual(['pod', 'serverless', 'gone']);
      expect((await rows()).map(({ context }) => context).sort()).toEqual(['dedicated', 'pod', 'serverless']);
    });

    test('a row that did not arrive as it was written is damaged', async () => {
      await engine.sql(`INSERT INTO ${TABLE} VALUES ('elsewhere', 'a run', 'another text')`);

      expect(await gather('serverless')).toBeNull();

      expect(readIn('serverless')).toContainEqual(expect.objectContaining({ damaged: 1 }));
    });

    test('a name that is more than the name of a table is refused', async () => {
      expect(await gather('dedicated', 'handoff; DROP TABLE claims')).toContain('is no name of a table');
    });
  },
);
