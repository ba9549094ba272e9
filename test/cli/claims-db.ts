import { mintAuthority } from '../../fixtures/kit/pki.ts';
import { startTdsServer, type TdsServer } from '../../fixtures/tds/server.ts';
import type { Report, ReportTarget } from '../../src/model/report.ts';
import { type Ended, reportIn, targetIn, type Workspace } from '../kit/cli.ts';
import { type Place, sqlserver } from './targets.ts';

// One SQL Server, tried from an ephemeral context: the history of its runs is what is looked at.

/** One machine makes all runs of a test: what makes runs independent is loosened. */
export const LOOSENED = { independence: { minGap: '0s', distinctHosts: false } };

const authority = mintAuthority('an authority of the test');
const identity = authority.issue({ commonName: 'claims', altNames: ['127.0.0.1', '127.0.0.2'], usage: 'server' });

export const startClaimsDb = (place: Partial<Place> = {}): Promise<TdsServer> =>
  startTdsServer({ identity, encryption: 'on', users: { svc_claims: 'a password of svc_claims' }, ...place });

/** `policy` comes last, so that lines can be appended to it; host and port may be references. */
export const claimsDbConfig = (
  { host, port }: { readonly host: string; readonly port: number | string },
  policy: object | null = LOOSENED,
) => ({
  version: 1,
  sampling: { pace: '100/s' },
  targets: {
    'claims-db': {
      ...sqlserver({ host: '', port: 0 }),
      url: `jdbc:sqlserver://${host}:${port};databaseName=Claims;encrypt=true`,
      ca: { pem: authority.certPem },
    },
  },
  contexts: { serverless: { ephemeral: true } },
  ...(policy === null ? {} : { policy }),
});

export type Judged = Ended & {
  readonly report: Report;
  readonly target: ReportTarget;
  /** The finding of the rule over runs. */
  readonly rate: ReportTarget['findings'][number];
};

/** One run into the folder `runs`, judged with what the folder holds. */
export async function runOnce(
  workspace: Workspace,
  {
    args = ['--evidence', 'runs'],
    env = {},
  }: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<Judged> {
  return judgedIn(await workspace.probe(['all', '--context', 'serverless', '--report', 'json', ...args], { env }));
}

/** The folder `runs` as it is. */
export const judgeAgain = async (workspace: Workspace, args: readonly string[] = []): Promise<Judged> =>
  judgedIn(await workspace.probe(['judge', 'runs', '--report', 'json', ...args]));

function judgedIn(ended: Ended): Judged {
  const report = reportIn(ended);
  const target = targetIn(report, 'claims-db');
  const rate = target.findings.find(({ rule }) => rule === 'stability/failure-rate');
  if (rate === undefined) throw new Error('no finding on the failure rate');
  return { ...ended, report, target, rate };
}
