import { describe, expect, test } from 'vitest';
import type { Question } from '../../../src/attest/verify.ts';
import { decisionOf, INGEST, NOTHING_USED, runsIn } from '../decide/deciding.ts';
import { attested, CONFIG, daysAfter, EVIDENCE, MIXED, objectionsTo } from './attesting.ts';

describe('the present configuration', () => {
  test.each<[string, typeof CONFIG, readonly string[]]>([
    ['the same is no objection', CONFIG, []],
    ['other sampling is none', { ...CONFIG, whole: 'd'.repeat(64) }, []],
    ...(['policy', 'workloads', 'targets', 'contexts'] as const).map(
      (section) =>
        [
          `another ${section} section is one`,
          { ...CONFIG, [section]: 'd'.repeat(64) },
          [`undetermined: the configuration has changed since (${section}): attest again`],
        ] as [string, typeof CONFIG, readonly string[]],
    ),
  ])('%s', async (_, config, objections) => {
    expect(await objectionsTo(attested(), { config })).toEqual(objections);
  });

  test('is not compared with a statement that was made without one', async () => {
    expect(await objectionsTo(attested({ config: null }), { config: CONFIG })).toEqual([
      'undetermined: it was attested without a configuration: attest again with --config',
    ]);
  });
});

describe('the evidence', () => {
  const given = (files = EVIDENCE, decision = MIXED): Partial<Question> => ({
    config: CONFIG,
    evidence: { files, decide: async (at) => ({ ...decision, decidedAt: at }) },
  });
  const [first, second] = EVIDENCE as [(typeof EVIDENCE)[0], (typeof EVIDENCE)[0]];
  const changed = { ...first, sha256: 'f'.repeat(64) };

  test.each([
    ['the same, in another order', [second, first], []],
    ['with a copy of a file', [first, second, first], []],
    ['with an altered file', [changed, second], ['refused: altered since it was attested: dedicated-1.ndjson']],
    ['with a file less', [first], ['undetermined: attested, and not in the evidence: serverless-1.ndjson']],
    [
      'with a file more',
      [first, second, { ...second, name: 'later.ndjson' }],
      ['undetermined: in the evidence, and not attested: later.ndjson. Where they are later runs, attest again.'],
    ],
    [
      'of another folder altogether',
      [changed, { ...second, name: 'x' }],
      [
        'refused: altered since it was attested: dedicated-1.ndjson',
        'undetermined: attested, and not in the evidence: serverless-1.ndjson',
        'undetermined: in the evidence, and not attested: x. Where they are later runs, attest again.',
      ],
    ],
  ])('%s', async (_, files, objections) => {
    expect(await objectionsTo(attested(), given(files))).toEqual(objections);
  });

  test('is decided again as of the moment of the statement', async () => {
    const asked: string[] = [];
    const decide = async (at: string) => {
      asked.push(at);
      return MIXED;
    };
    const later = daysAfter(MIXED.decidedAt, 20);
    expect(
      await objectionsTo(attested(), { config: CONFIG, at: later, evidence: { files: EVIDENCE, decide } }),
    ).toEqual([]);
    expect(asked).toEqual([MIXED.decidedAt]);
  });

  test('that says otherwise refuses the statement, cell by cell', async () => {
    const otherwise = decisionOf(runsIn('serverless', 33), { workloads: [INGEST, NOTHING_USED] });
    expect(await objectionsTo(attested(), given(EVIDENCE, otherwise))).toEqual([
      'refused: ingest on dedicated: the statement says suitable and recommended, and this evidence undetermined',
      'refused: ingest on serverless: the statement says undetermined, and this evidence suitable and recommended',
      'refused: transform on dedicated: the statement says suitable and recommended, and this evidence suitable',
      'refused: transform on serverless: the statement says suitable, and this evidence suitable and recommended',
      'refused: the recommended strategy: the statement says dedicated, and this evidence serverless',
    ]);
  });

  test('that says the same with other numbers refuses it too', async () => {
    const fewer = decisionOf([...runsIn('dedicated', 34), ...runsIn('serverless', 2)], {
      workloads: [INGEST, NOTHING_USED],
    });
    expect(await objectionsTo(attested(), given(EVIDENCE, fewer))).toEqual([
      'refused: ingest on dedicated: the statement says suitable and recommended, and this evidence suitable and recommended for other reasons',
    ]);
  });

  test('that says the same in other words does not', async () => {
    const reworded = structuredClone(MIXED);
    for (const { cells } of reworded.workloads) for (const cell of cells) cell.why = 'in other words';
    expect(await objectionsTo(attested(), given(EVIDENCE, reworded))).toEqual([]);
  });

  test('is not decided again under a configuration that nobody names, or that has changed', async () => {
    const never: Question['evidence'] = {
      files: EVIDENCE,
      decide: () => {
        throw new Error('decided again');
      },
    };
    expect(await objectionsTo(attested(), { evidence: never })).toEqual([
      'undetermined: it was decided by a configuration: name it with --config, to decide again',
    ]);
    const config = { ...CONFIG, policy: 'd'.repeat(64) };
    expect(await objectionsTo(attested(), { config, evidence: never })).toEqual([
      'undetermined: the configuration has changed since (policy): attest again',
    ]);
  });

  test('speaks for itself where the statement was made without a configuration', async () => {
    const { evidence } = given() as Required<Pick<Question, 'evidence'>>;
    expect(await objectionsTo(attested({ config: null }), { evidence })).toEqual([]);
  });
});
