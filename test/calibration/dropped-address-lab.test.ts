import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listen } from '../../fixtures/kit/listen.ts';
import { mintAuthority } from '../../fixtures/kit/pki.ts';
import { startRelay } from '../../fixtures/kit/relay.ts';
import { startTdsServer } from '../../fixtures/tds/server.ts';
import { REGISTRY } from '../../probes/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { openFolder } from '../../src/evidence/store.ts';
import { Redaction } from '../../src/model/redaction.ts';
import { preflight } from '../../src/preflight.ts';
import { context } from '../kit/evidence.ts';
import { createRandom } from '../kit/simulate.ts';

// Forty real runs against one SQL Server behind a NAT: each draws one of five addresses of the loopback, and a firewall drops one of these
// without a word. What is dropped is led to a listener that never answers.

const RUNS = 40;
const POOL = ['127.0.0.11', '127.0.0.12', '127.0.0.13', '127.0.0.14', '127.0.0.15'] as const;
const DROPPED = POOL[4];
const SEED = 4;

const authority = mintAuthority('an authority of the lab');
const identity = authority.issue({ commonName: 'claims', altNames: ['127.0.0.1'], usage: 'server' });
const USER = { user: 'svc_claims', password: 'a password of svc_claims' };

const configText = (port: number, negotiate: string): string =>
  JSON.stringify({
    version: 1,
    sampling: { profile: 'gate', pace: '200/s', attempts: 11, deadlines: { negotiate } },
    targets: {
      'claims-db': {
        type: 'sqlserver',
        url: `jdbc:sqlserver://127.0.0.1:${port};databaseName=Claims;encrypt=true`,
        ...USER,
        ca: { pem: authority.certPem },
      },
    },
    contexts: { serverless: { ephemeral: true } },
    policy: { minSpan: '0s', independence: { minGap: '0s', distinctHosts: true } },
  });

/** A host that says nothing of itself. */
const HOST = {
  cpuMs: () => 0,
  loadAverage: () => 0,
  readFile: () => null,
  entries: () => null,
  thread: async () => {},
};

/** The verdict after each of the runs, all of one folder, and the last report. */
async function runs(drops: (address: string) => boolean, negotiate: string) {
  const folder = mkdtempSync(join(tmpdir(), 'probe-lab-'));
  await using server = await startTdsServer({ identity, encryption: 'on', users: { [USER.user]: USER.password } });
  await using hole = await listen(net.createServer());
  const drawn: [string] = [POOL[0]];
  await using relay = await startRelay({ to: () => (drops(drawn[0]) ? hole : server), from: drawn });
  const config = loadConfig(
    { path: 'probe.yaml', text: configText(relay.port, negotiate) },
    { registry: REGISTRY, env: {}, secrets: null, references: 'resolve' },
  );
  const random = createRandom(SEED);
  const reports = [];
  try {
    for (let run = 0; run < RUNS; run += 1) {
      drawn[0] = POOL[Math.floor(random() * POOL.length)] ?? POOL[0];
      const { report } = await preflight({
        run: `run-${run}`,
        requestedAt: null,
        config,
        embeddedLab: false,
        registry: REGISTRY,
        context: context({ bootId: `host-${run}` }),
        profile: 'gate',
        scope: 'period',
        only: null,
        store: openFolder(folder, 'write'),
        publication: null,
        host: HOST,
        environment: {},
        invoker: {},
        redaction: new Redaction(),
        signal: new AbortController().signal,
        planned() {},
        progressed() {},
        broke(_, error) {
          throw error;
        },
      });
      reports.push(report);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return reports;
}

test.concurrent(`every fifth of ${RUNS} runs comes from an address that is dropped: never a pass, and in the end a fail that names the silence`, async () => {
  const reports = await runs((address) => address === DROPPED, '100ms');
  expect(reports.filter(({ verdict }) => verdict === 'pass' || verdict === 'warn')).toEqual([]);
  const [target] = reports.at(-1)?.targets ?? [];
  expect(target?.verdict).toBe('fail');
  expect(target?.failures[0]).toMatchObject({ cause: 'negotiate-timeout', stage: 'negotiate' });
  expect(target?.egress.map(({ address }) => address)).not.toContain(DROPPED);
});

test.concurrent(`the same ${RUNS} runs pass where the firewall knows every address`, async () => {
  const reports = await runs(() => false, '10s');
  const verdicts = reports.map(({ verdict }) => verdict);
  expect(verdicts.indexOf('pass')).toBeGreaterThanOrEqual(31);
  expect(verdicts.at(-1)).toBe('pass');
});
