import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { openKeep, openWorkspace, reportIn, targetIn } from '../kit/cli.ts';
import { requireTool } from '../kit/requires.ts';
import { canMakeNat, startNat } from './nat.ts';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');

describe.skipIf(requireTool('netns', canMakeNat()))(
  'a NAT of the kernel that forgets what idles for 6 s (needs root, ip netns and nft)',
  () => {
    const keep = openKeep();
    let report: Report;

    beforeAll(async () => {
      const nat = await keep(startNat());
      const [silently, withReset] = nat.ports;
      nat.forget({ afterSeconds: 6, silently, withReset });
      const workspace = await keep(
        openWorkspace({
          version: 1,
          sampling: {
            pace: '40/s',
            held: 24,
            holds: { rungs: ['2s', '4s', '8s', '12s'], keepalive: '1s' },
            deadlines: { reuse: '1.5s' },
          },
          targets: {
            silent: { type: 'tcp', host: nat.server, port: silently },
            reset: { type: 'tcp', host: nat.server, port: withReset },
          },
          contexts: { here: { ephemeral: false } },
        }),
      );
      const args = [CLI, 'all', '--context', 'here', '--report', 'json'];
      report = reportIn({ stdout: await nat.run(process.execPath, args, workspace.folder) });
    });
    afterAll(() => keep[Symbol.asyncDispose]());

    const limitOf = (name: string) =>
      targetIn(report, name).findings.find(({ rule }) => rule === 'idle/limit')?.observed;

    test.each([
      ['silent', 'silently', 'silent'],
      ['reset', 'with a reset', 'reset'],
    ])('%s: drops between 4 s and 8 s, %s, and keepalive of 1 s saves it', (name, how, outcome) => {
      expect(limitOf(name)).toBe(
        `drops between 4 s and 8 s, ${how} (2 s 3 alive, 4 s 3 alive, 8 s 3 ${outcome}, 12 s 3 ${outcome}); keepalive of 1 s saves it`,
      );
    });

    test.each(['silent', 'reset'])('%s: with keepalive of 1 s every rung lives', (name) => {
      const kept = targetIn(report, name).holds.filter(({ keepalive }) => keepalive !== 'as-client');
      expect(kept.map(({ plannedSeconds, outcome }) => `${plannedSeconds} s ${outcome}`)).toEqual([
        ...['2 s alive', '4 s alive', '8 s alive', '12 s alive'],
      ]);
    });
  },
);
