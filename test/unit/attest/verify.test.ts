import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { payloadOf } from '../../../src/attest/statement.ts';
import type { Question } from '../../../src/attest/verify.ts';
import { holdsUntil } from '../../../src/attest/verify.ts';
import { failed, instant, requirement, T0, target } from '../../kit/evidence.ts';
import { decisionOf, INGEST, runsIn } from '../decide/deciding.ts';
import {
  attested,
  CONFIG,
  daysAfter,
  MIXED,
  ON_DEDICATED,
  objectionsTo,
  SMALL,
  sealed,
  stated,
  verifying,
} from './attesting.ts';

const DAY_MS = 86_400_000;
const on = (workload: string, context: string) => ({ asked: () => [{ workload, context }] });
const down = Array.from({ length: 15 }, () => failed('connection-refused'));

describe('a statement that holds', () => {
  test('names the placement that was asked for, and until when', async () => {
    const { statement, placed, objections } = await verifying(attested());
    expect(objections).toEqual([]);
    expect(placed.map(({ asked }) => asked)).toEqual([ON_DEDICATED]);
    expect(statement && holdsUntil(statement, placed)).toBe(daysAfter(MIXED.decidedAt, 30));
  });

  test('answers for every pair that is asked', async () => {
    const asked = () => [ON_DEDICATED, { workload: 'transform', context: 'dedicated' }];
    expect((await verifying(attested(), { asked })).placed.map(({ asked }) => asked)).toEqual(asked());
    const half = () => [ON_DEDICATED, { workload: 'other', context: 'dedicated' }];
    expect(await objectionsTo(attested(), { asked: half })).toEqual([
      'undetermined: other is no workload of this statement (ingest, transform)',
    ]);
  });

  test('gives every workload a place where nothing is asked', async () => {
    const { placed, objections } = await verifying(attested(), { asked: null });
    expect(objections).toEqual([]);
    expect(placed.map(({ asked: { workload, context } }) => `${workload} on ${context}`)).toEqual([
      'ingest on dedicated',
      'transform on dedicated',
    ]);
  });
});

describe('what is asked', () => {
  const unsuitable = decisionOf([...runsIn('dedicated', 33), ...runsIn('serverless', 4, { attempts: down })], {
    workloads: [INGEST],
  });
  const nowhere = decisionOf(
    ['dedicated', 'serverless'].flatMap((name) => runsIn(name, 4, { attempts: down })),
    { workloads: [INGEST] },
  );

  test.each<[string, Buffer, Partial<Question>, string]>([
    [
      'an unsuitable context is refused',
      attested({ decision: unsuitable }),
      on('ingest', 'serverless'),
      'refused: ingest on serverless: unsuitable.',
    ],
    [
      'an undetermined one is not known',
      attested(),
      on('ingest', 'serverless'),
      'undetermined: ingest on serverless: undetermined.',
    ],
    [
      'a workload that the statement does not name is not known',
      attested(),
      on('other', 'dedicated'),
      'undetermined: other is no workload of this statement (ingest, transform)',
    ],
    [
      'a context that it does not name is not known',
      attested(),
      on('ingest', 'elsewhere'),
      'undetermined: the statement says nothing of ingest on elsewhere (it knows dedicated, serverless)',
    ],
    [
      'a workload without any place is refused where all contexts are unsuitable',
      attested({ decision: nowhere }),
      { asked: null },
      'refused: ingest has no place (dedicated unsuitable, serverless unsuitable)',
    ],
    [
      'and is not known where some context is undetermined',
      attested({ decision: decisionOf(runsIn('serverless', 2)) }),
      { asked: null },
      'undetermined: ingest has no place (dedicated undetermined, serverless undetermined)',
    ],
    [
      'and where there is no context',
      attested({ decision: SMALL }),
      { asked: null },
      'undetermined: transform has no place (none)',
    ],
    [
      'no workload at all is no answer',
      attested({ decision: decisionOf([], { workloads: [] }) }),
      { asked: null, at: instant(T0 + DAY_MS) },
      'undetermined: the statement names no workload',
    ],
  ])('%s', async (_, envelope, over, says) => {
    expect(await objectionsTo(envelope, over)).toEqual([expect.stringMatching(new RegExp(`^${literal(says)}`))]);
  });
});

describe('the moment that is asked about', () => {
  const { decidedAt } = MIXED;
  const expiresAt = daysAfter(decidedAt, 30);
  const secondsAfter = (iso: string, seconds: number) => new Date(Date.parse(iso) + seconds * 1_000).toISOString();

  test.each([
    ['when it was decided', decidedAt, []],
    ['just before it expires', secondsAfter(expiresAt, -1), []],
    ['when it expires', expiresAt, [`undetermined: expired at ${expiresAt}: attest again`]],
    [
      'before it was decided',
      secondsAfter(decidedAt, -1),
      [`undetermined: not yet valid at ${secondsAfter(decidedAt, -1)}: it was decided at ${decidedAt}`],
    ],
  ])('%s', async (_, at, objections) => {
    expect(await objectionsTo(attested(), { at })).toEqual(objections);
  });

  test('does not outlive a waiver that the placement rests on', async () => {
    const until = instant(T0 + 10 * DAY_MS);
    const { decision, envelope } = waivedUntil(until);
    expect(decision.workloads[0]?.cells[0]?.waived).toHaveLength(1);
    const held = await verifying(envelope, { at: instant(T0 + 9 * DAY_MS) });
    expect(held.objections).toEqual([]);
    expect(held.statement && holdsUntil(held.statement, held.placed)).toBe(until);
    expect(await objectionsTo(envelope, { at: instant(T0 + 11 * DAY_MS) })).toEqual([
      `undetermined: ingest on dedicated: a waiver has ended (egress/observed-within-allowed of claims-db until ${until}). Attest again.`,
    ]);
  });

  function waivedUntil(until: string) {
    const attempts = Array.from({ length: 15 }, () => ({ egress: ['198.51.100.7'] }));
    const targets = [target({ requirement: requirement({ firewallAllows: ['203.0.113.0/24'] }) })];
    const waiver = { target: 'claims-db', rule: 'egress/observed-within-allowed', context: null, until };
    const decision = decisionOf(runsIn('dedicated', 33, { attempts, targets }), {
      policy: { waivers: [{ ...waiver, approvedBy: 'CISO', ticket: 'SEC-1', reason: 'the list is being changed' }] },
    });
    return { decision, envelope: attested({ decision }) };
  }
});

describe('evidence of a lab', () => {
  const decision = decisionOf(runsIn('dedicated', 33, { lab: true }));

  test('is marked, and says nothing of a real network', async () => {
    expect(stated({ decision }).predicate.lab).toBe(true);
    expect(stated().predicate.lab).toBe(false);
    expect(await objectionsTo(attested({ decision }))).toEqual([
      'undetermined: made from evidence of a lab, which says nothing of a real network (--accept-lab takes it)',
    ]);
  });

  test('is taken where that is asked for', async () => {
    expect(await objectionsTo(attested({ decision }), { acceptLab: true })).toEqual([]);
  });
});

describe('what is signed with the trusted key and is no statement of ours', () => {
  const text = payloadOf(stated()).toString('utf8');
  const signed = (payload: string) => sealed(Buffer.from(payload, 'utf8'));
  const NOT_OURS = 'refused: signed with this key, and not as `probe attest` writes it';
  const OTHER = 'undetermined: signed with this key, and no placement statement that this version of the tool knows';

  test.each([
    ['of a later version', text.replace('placement:v1', 'placement:v2'), OTHER],
    [
      'of another predicate',
      '{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1"}',
      OTHER,
    ],
    ['that is no JSON', 'hello', OTHER],
    ['with a key more', text.replace('"commit":null', '"commit":null,"more":1'), NOT_OURS],
    ['with a key twice', text.replace('"lab":false', '"lab":true,"lab":false'), NOT_OURS],
    ['with blanks', text.replace('"lab":false', '"lab": false'), NOT_OURS],
    ['with a line feed', `${text}\n`, NOT_OURS],
    ['with a key less', text.replace('"commit":null,', ''), NOT_OURS],
    ['in another order', text.replace('"commit":null,"lab":false', '"lab":false,"commit":null'), NOT_OURS],
  ])('%s', async (_, payload, says) => {
    expect(payload).not.toBe(text);
    const { statement, placed } = await verifying(signed(payload));
    expect([statement, placed]).toEqual([null, []]);
    expect(await objectionsTo(signed(payload))).toEqual([says]);
  });
});

test('all objections are told, not only the first', async () => {
  const objections = await objectionsTo(attested(), {
    at: daysAfter(MIXED.decidedAt, 40),
    config: { ...CONFIG, policy: 'd'.repeat(64) },
    ...on('ingest', 'serverless'),
  });
  expect(objections).toHaveLength(3);
});

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
