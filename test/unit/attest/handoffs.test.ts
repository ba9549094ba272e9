import { describe, expect, test } from 'vitest';
import { verificationLines } from '../../../src/commands/attest/words.ts';
import type { Decision } from '../../../src/model/decision.ts';
import { decisionOf, INGEST, NOTHING_USED, runsIn } from '../decide/deciding.ts';
import { attested, CONFIG, DOWN, EVIDENCE, objectionsTo, stated, storingRuns, verifying } from './attesting.ts';

const WORKLOADS = { workloads: [INGEST, NOTHING_USED] };

/** ingest stays on dedicated compute, transform goes to serverless, and a storage lies between them. */
const HYBRID = decisionOf(storingRuns({ comesBack: true }), WORKLOADS);

const split = (change: (decision: Decision) => void = () => {}): Decision => {
  const decision = structuredClone(HYBRID);
  change(decision);
  return decision;
};

const handoffsIn = (decision: Decision) => decision.strategies.find(({ name }) => name === 'hybrid')?.handoffs ?? [];
const turned =
  (verdict: 'fail' | 'inconclusive' | 'warn', observed: string, index = 1) =>
  (decision: Decision): void => {
    Object.assign(handoffsIn(decision)[index] ?? {}, { verdict, observed });
  };
const without =
  (index: number, count = 1) =>
  (decision: Decision): void => {
    handoffsIn(decision).splice(index, count);
  };

const SPLIT = [
  { workload: 'ingest', context: 'dedicated' },
  { workload: 'transform', context: 'serverless' },
];
const UNTRIED =
  'undetermined: work is split over dedicated and serverless, and no handoff between them is stated: no target of type storage was tried in both, or the hybrid that was decided does not use both';
const through = (writer: string, reader: string) =>
  `the handoff through lake, written in ${writer} and read in ${reader}`;

describe('work that is split over dedicated and serverless compute', () => {
  test.each<[string, (decision: Decision) => void, readonly string[]]>([
    ['is let through where what each writes was read by the other', () => {}, []],
    [
      'is refused where the way back fails',
      turned('fail', 'lake itself fails in serverless'),
      [`refused: ${through('serverless', 'dedicated')}: lake itself fails in serverless`],
    ],
    [
      'is not known where the way there was not seen',
      turned('inconclusive', 'serverless has read none', 0),
      [`undetermined: ${through('dedicated', 'serverless')}: serverless has read none`],
    ],
    ['is not known where one way is missing', without(1), [UNTRIED]],
    ['is not known where no storage was tried', without(0, 2), [UNTRIED]],
    [
      'is refused where another storage works and this one does not',
      (decision) => {
        const [first] = handoffsIn(decision);
        if (first !== undefined) handoffsIn(decision).push({ ...first, target: 'other', verdict: 'fail' });
      },
      [expect.stringMatching(/^refused: the handoff through other, written in dedicated and read in serverless: /)],
    ],
  ])('%s', async (_, change, objections) => {
    const envelope = attested({ decision: split(change) });
    expect(await objectionsTo(envelope, { asked: () => SPLIT })).toEqual(objections);
    // every workload at its place, where nothing is asked
    expect(await objectionsTo(envelope, { asked: null })).toEqual(objections);
  });

  test.each([
    ['a single pair', [SPLIT[1]]],
    ['pairs on one kind of compute', [SPLIT[0], { workload: 'transform', context: 'dedicated' }]],
  ])('is no matter of %s', async (_, pairs) => {
    const envelope = attested({ decision: split(without(0, 2)) });
    const asked = () => pairs.flatMap((pair) => pair ?? []);
    expect(await objectionsTo(envelope, { asked })).toEqual([]);
  });

  test('is told beside what else stands against it', async () => {
    const blocked = decisionOf([...runsIn('dedicated', 33), ...runsIn('serverless', 4, { attempts: DOWN })], WORKLOADS);
    const asked = () => [
      { workload: 'ingest', context: 'serverless' },
      { workload: 'transform', context: 'dedicated' },
    ];
    const objections = await objectionsTo(attested({ decision: blocked }), { asked });
    expect(objections).toEqual([expect.stringMatching(/^refused: ingest on serverless: unsuitable/), UNTRIED]);
  });
});

test('the decision that was made for one kind of compute holds, and the split that it was not made for does not', async () => {
  const untried = decisionOf(storingRuns({ comesBack: false }), WORKLOADS);
  expect(untried.recommended.strategy).toBe('dedicated');
  expect(await objectionsTo(attested({ decision: untried }), { asked: null })).toEqual([]);
  expect(await objectionsTo(attested({ decision: untried }), { asked: () => SPLIT })).toEqual([
    expect.stringMatching(/^undetermined: the handoff through lake, written in serverless and read in dedicated: /),
  ]);
});

describe('the statement', () => {
  test('says the compute of each context, the recommended strategy, and the handoffs of the hybrid', () => {
    const { contexts, strategy, handoffs } = stated({ decision: split() }).predicate;
    expect(contexts.map(({ name, compute }) => [name, compute])).toEqual([
      ['dedicated', 'dedicated'],
      ['serverless', 'serverless'],
    ]);
    expect(strategy).toBe('hybrid');
    expect(handoffs).toEqual(handoffsIn(split()));
    expect(stated().predicate.handoffs).toEqual([]);
  });

  test('tells them with --verbose', async () => {
    const lines = verificationLines(await verifying(attested({ decision: split() })), { verbose: true });
    expect(lines).toContain('strategy: hybrid');
    expect(lines).toContainEqual(
      expect.stringMatching(/^handoff: pass through lake, written in serverless and read in dedicated: 1 canary /),
    );
  });

  const evidence = (decision: Decision) => ({
    config: CONFIG,
    evidence: { files: EVIDENCE, decide: async () => decision },
  });

  test.each<[string, (decision: Decision) => void, string]>([
    [
      'a handoff that was never seen',
      turned('inconclusive', 'x'),
      'the statement says pass, and this evidence inconclusive',
    ],
    ['a handoff that is not there', without(1), 'the statement says pass, and this evidence nothing'],
  ])('is refused where it claims %s', async (_, change, says) => {
    expect(await objectionsTo(attested({ decision: split() }), evidence(split(change)))).toEqual([
      `refused: ${through('serverless', 'dedicated')}: ${says}`,
    ]);
  });

  test('is not refused where the evidence says the same in other words', async () => {
    const reworded = split((decision) => {
      for (const handoff of handoffsIn(decision)) handoff.observed = 'in other words';
    });
    expect(await objectionsTo(attested({ decision: split() }), evidence(reworded))).toEqual([]);
  });
});
