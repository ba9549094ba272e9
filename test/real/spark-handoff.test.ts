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
  contexts: { dedicated: { ephemeral: false }, serverless: { ephemeral: true } },
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

    test('what one context has appended the other reads, whole, and both sides are matched', async () => {
      expect(await gather('dedicated')).toBeNull();
      expect(await rows()).toEqual([{ context: 'dedicated' }]);
      expect(await gather('serverless')).toBeNull();

      const [first, ...more] = readIn('serverless');
      expect(first).toMatchObject({ back: 'same', listed: true, damaged: 0, deletes: true });
      expect(first?.read).toMatchObject([{ context: 'dedicated' }]);
      expect(more).toHaveLength(9);
      // what was read is gone, and ours is left to be read
      expect(await rows()).toEqual([{ context: 'serverless' }]);
      expect(await gather('dedicated')).toBeNull();
      // this is how decide matches both sides
      expect(first?.read.map(({ digest }) => digest)).toEqual([readIn('dedicated')[0]?.wrote]);
      const back = readIn('dedicated').flatMap(({ read }) => read);
      expect(back).toMatchObject([{ context: 'serverless', digest: first?.wrote }]);
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
