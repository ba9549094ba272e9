import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { classify } from '../../../probes/sqlserver/causes.ts';
import { ServerError } from '../../../probes/sqlserver/server-error.ts';
import { isCause } from '../../../src/model/causes.ts';
import { onPath, requireTool } from '../../kit/requires.ts';

const SOURCES = join(import.meta.dirname, '..', '..', '..', 'deploy', 'databricks', 'launcher', 'src');
const PRINT = `
import json, sys
sys.path.insert(0, sys.argv[1])
from probe_launcher.spark import causes
print(json.dumps({"numbers": causes.NUMBERS, "all": sorted(causes.ALL | causes.REJECTIONS | causes.OURS)}))
`;

const tables = z.object({ numbers: z.record(z.string(), z.string()), all: z.array(z.string()) });

describe.skipIf(requireTool('python3', onPath('python3')))('the causes of what Spark raises (needs python3)', () => {
  const { stdout, stderr } = spawnSync('python3', ['-B', '-c', PRINT, SOURCES], { encoding: 'utf8' });
  const table = () => {
    if (stdout === '') throw new Error(stderr);
    return tables.parse(JSON.parse(stdout));
  };

  test('are words that this tool explains', () => {
    expect(table().all.filter((word) => !isCause(word))).toEqual([]);
    expect(table().all.length).toBeGreaterThan(20);
  });

  test('are, by the number of SQL Server, those of the agent', () => {
    const { numbers } = table();
    const ofAgent = (number: number) => {
      const error = new ServerError({ number, state: 1, class: 14, message: '' });
      const found = classify(error, 'authenticate');
      return found === 'defect' ? found : found.cause;
    };
    const all = Array.from({ length: 50_000 }, (_, number) => number);
    const known = all.flatMap((number) =>
      ofAgent(number) === 'server-error' ? [] : [[String(number), ofAgent(number)]],
    );

    expect(numbers).toEqual(Object.fromEntries(known));
  });
});
