import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReportTarget } from '../../src/model/report.ts';
import { misclassifications } from './check.ts';
import { type Gate, runGate } from './gate.ts';
import { HEALTHY, type Row, targetName } from './row.ts';
import { TCP, type TcpRow } from './rows/tcp.ts';
import { tcpScene } from './scenes/tcp.ts';

// The gate itself is tried: a report that says something wrong of a row must turn it red.

const rowOf = (fault: string): TcpRow => {
  const row = TCP.find((one) => one.fault === fault);
  if (row === undefined) throw new Error(`no row ${fault}`);
  return row;
};

const refused = rowOf('nothing listens');
const healthy = rowOf(HEALTHY);
const unseen = rowOf('does not tell whom it sees');
let gate: Gate;

beforeAll(async () => {
  gate = await runGate([refused, healthy, unseen], tcpScene);
}, 60_000);
afterAll(() => gate?.[Symbol.asyncDispose]());

test.each([refused, healthy, unseen])('the true report of "$fault" is not objected to', (row) => {
  expect(misclassifications(row, gate.report)).toEqual([]);
});

test.each<[planted: string, row: Row, change: (target: ReportTarget) => Partial<ReportTarget>]>([
  ['another cause', refused, (target) => ({ failures: failuresOf(target, { cause: 'connect-timeout' }) })],
  ['another stage', refused, (target) => ({ failures: failuresOf(target, { stage: 'tls' }) })],
  ['one more cause among many', refused, ({ failures }) => ({ failures: [...failures, another(failures)] })],
  ['no failure', refused, () => ({ failures: [] })],
  ['another verdict', refused, () => ({ verdict: 'inconclusive' })],
  ['a finding with another cause', refused, ({ findings }) => ({ findings: findings.map(unclassified) })],
  ['a pass of what was not seen', unseen, () => ({ verdict: 'pass', findings: [] })],
  ['a failure of what is healthy', healthy, () => ({ failures: failuresIn(refused) })],
  ['a fail of what is healthy', healthy, () => ({ verdict: 'fail' })],
  ['a defect of ours', healthy, ({ attempts }) => ({ attempts: { ...attempts, broken: 1 } })],
])('%s is objected to', (_, row, change) => {
  const targets = gate.report.targets.map((target) =>
    target.name === targetName(row) ? { ...target, ...change(target) } : target,
  );
  expect(misclassifications(row, { targets })).not.toEqual([]);
});

test('a target that the report does not name is objected to', () => {
  expect(misclassifications(refused, { targets: [] })).not.toEqual([]);
});

type Failures = ReportTarget['failures'];

const failuresIn = (row: Row): Failures =>
  gate.report.targets.find(({ name }) => name === targetName(row))?.failures ?? [];

const failuresOf = ({ failures }: ReportTarget, over: Partial<Failures[number]>): Failures =>
  failures.map((failure) => ({ ...failure, ...over }));

function another([failure]: Failures): Failures[number] {
  if (failure === undefined) throw new Error('the row has no failure');
  return { ...failure, cause: 'unclassified' };
}

const unclassified = (finding: ReportTarget['findings'][number]) =>
  finding.cause === null ? finding : { ...finding, cause: 'unclassified' };
