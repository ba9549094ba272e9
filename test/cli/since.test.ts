import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TdsServer } from '../../fixtures/tds/server.ts';
import { openKeep, openWorkspace, type Workspace } from '../kit/cli.ts';
import { claimsDbConfig, type Judged, judgeAgain, runOnce, startClaimsDb } from './claims-db.ts';
import { closedPlace, fromEnv, type Place } from './targets.ts';

const keep = openKeep();
afterAll(() => keep[Symbol.asyncDispose]());

describe('a port that was closed in the first run and opened for the second', () => {
  let place: Place;
  let workspace: Workspace;
  let closed: Judged;
  let opened: Judged;
  let stanza: string;

  beforeAll(async () => {
    place = await closedPlace();
    workspace = await keep(openWorkspace(claimsDbConfig(place)));
    closed = await runOnce(workspace);
    await keep(startClaimsDb(place));
    opened = await runOnce(workspace);
    stanza = stanzaIn((await workspace.probe(['judge', 'runs'])).stdout);
  });

  test('fails the first run, and after the second needs 55 more clean runs (57 in all)', () => {
    expect(closed.exit).toBe(1);
    expect(closed.target.failures).toMatchObject([{ cause: 'connection-refused', stage: 'connect', count: 5 }]);
    expect(opened.exit).toBe(3);
    expect(opened.target.blocks).toMatchObject({ counted: 2, clean: 1, met: 1, needed: 57 });
    expect(opened.rate.observed).toMatch(
      /^So far up to \d+ of 720 runs a month could fail\. 55 more \(57 in all\) clean runs are needed, one run of 2 failed\./,
    );
  });

  test('prints the stanza that sets the runs so far aside, in the report and in the table', () => {
    const entry = `- { target: "claims-db", context: "serverless", at: "${opened.report.run?.endedAt}", reason: "what was mended"`;
    expect(stanza).toContain(entry);
    // the table breaks the line where YAML allows it
    expect(opened.rate.action).toContain(stanza.replace(/,\n\s+/g, ', '));
  });

  test('prints it in the text of a failed run as well', () => {
    const sincePart = /\npolicy:\n {2}since:\n {4}- \{ target: "claims-db"/;
    expect(closed.target.findings.some(({ action }) => action !== null && sincePart.test(action))).toBe(true);
  });

  test('prints what may be pasted as it is where no policy is written yet', async () => {
    await using other = await openWorkspace(claimsDbConfig(place, null));
    append(other, stanza);
    expect(await other.probe(['check'])).toMatchObject({ exit: 0, stderr: '' });
  });

  describe('with that stanza in the configuration', () => {
    let unmended: Judged;
    let mended: Judged;
    beforeAll(async () => {
      // the section `policy` is there already, and is the last one
      append(workspace, stanza.replace(/^policy:\n/, ''));
      unmended = await judgeAgain(workspace);
      mended = await runOnce(workspace);
    });

    test('no earlier run counts any more, and nothing observed is no pass', () => {
      expect(unmended.exit).toBe(3);
      expect(unmended.target.verdict).toBe('inconclusive');
      expect(unmended.target.blocks).toMatchObject({ counted: 0, clean: 0, met: 0 });
      expect(unmended.target.setAside.before).toBe(2);
    });

    test('the history begins anew at the doubled threshold, 39 runs, and says so', () => {
      expect(mended.exit).toBe(3);
      expect(mended.target.blocks).toMatchObject({ counted: 1, clean: 1, met: 0, needed: 39 });
      expect(mended.target.setAside.before).toBe(2);
      expect(mended.rate.observed).toMatch(/^No failure in 1 of 39 runs; /);
      expect(mended.rate.observed).toContain('Earlier runs set aside: 2 before policy.since.');
      expect(mended.rate.observed).toContain('policy.since is used once: the evidence must reach 40 instead of 20.');
      expect(mended.report.policy.since).toMatchObject([{ target: 'claims-db', reason: 'what was mended' }]);
    });
  });
});

describe('another server behind the same reference to the environment', () => {
  let workspace: Workspace;
  let first: TdsServer;
  const runAt = (host: string) => runOnce(workspace, { env: { HOST: host } });

  beforeAll(async () => {
    first = await keep(startClaimsDb({ host: '127.0.0.1' }));
    await keep(startClaimsDb({ host: '127.0.0.2', port: first.port }));
    workspace = await keep(openWorkspace(claimsDbConfig({ host: fromEnv('HOST'), port: first.port })));
  });

  test('begins a history anew by itself, and says how many runs connected elsewhere', async () => {
    expect((await runAt('127.0.0.1')).target.blocks?.counted).toBe(1);
    expect((await runAt('127.0.0.1')).target.blocks?.counted).toBe(2);
    const moved = await runAt('127.0.0.2');
    expect(moved.exit).toBe(3);
    expect(moved.target.blocks).toMatchObject({ counted: 1, clean: 1, needed: 32 });
    expect(moved.target.setAside.otherTarget).toBe(2);
    expect(moved.rate.observed).toContain('Earlier runs set aside: 2 connected elsewhere.');
    expect(moved.report.runs.map(({ counted, why }) => [counted, why])).toEqual([
      [false, 'does not count for any target: it connected elsewhere than the latest run does'],
      [false, 'does not count for any target: it connected elsewhere than the latest run does'],
      [true, null],
    ]);
  });

  test('a comment, a workload or a list of allowed addresses does not', async () => {
    const config = claimsDbConfig({ host: fromEnv('HOST'), port: first.port });
    const db = { ...config.targets['claims-db'], firewallAllows: ['127.0.0.0/8'] };
    const workloads = { ingest: { uses: ['claims-db'], connectionsPerRun: 2 } };
    workspace.configure({ ...config, targets: { 'claims-db': db }, workloads });
    append(workspace, '# as agreed');
    const { target } = await runAt('127.0.0.2');
    expect(target.blocks?.counted).toBe(2);
    expect(target.setAside.otherTarget).toBe(2);
  });
});

function append(workspace: Workspace, text: string): void {
  workspace.write('probe.yaml', `${readFileSync(workspace.path('probe.yaml'), 'utf8')}${text}\n`);
}

/** What the table prints from the first column on, so that it can be pasted. */
function stanzaIn(table: string): string {
  const [stanza] = /^policy:\n {2}since:\n {4}- \{[\s\S]*?\}$/m.exec(table) ?? [];
  if (stanza === undefined) throw new Error(`no stanza in the table:\n${table}`);
  return stanza;
}
