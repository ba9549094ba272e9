import { describe, expect, test } from 'vitest';
import { type Observation, storage } from '../../../../probes/storage/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import { ruleInput, ruleOf } from '../rule-input.ts';

const digest = (of: string) => `sha256:${of.repeat(64)}`;
const SEEN: Observation = {
  wrote: digest('a'),
  back: 'same',
  listed: true,
  read: [],
  damaged: 0,
  deletes: null,
  serverCertificate: null,
};
const arrived = (context: string, of: string) => ({ context, run: `run-${of}`, digest: digest(of) });

function asked(id: string, observations: readonly Partial<Observation>[]) {
  const sealed = seal(storage).rules({});
  if (!('rules' in sealed)) throw new Error('the expectations of storage do not parse');
  const rule = ruleOf(sealed.rules, id);
  const input = ruleInput({ attempts: observations.map((over) => ({ observation: { ...SEEN, ...over } })) });
  return { required: rule.required(input), judge: () => rule.judge(input) };
}

const many = (count: number, over: Partial<Observation> = {}) => Array.from({ length: count }, () => over);

describe('storage/read-back', () => {
  const judged = (...observations: Partial<Observation>[]) => asked('storage/read-back', observations).judge();

  test('passes where each came back and was listed', () => {
    expect(judged(...many(10))).toEqual({ verdict: 'pass', observed: 'in 10 of 10 attempts', cause: null });
  });

  test.each<[Partial<Observation>[], string, string]>([
    [[...many(9), { back: 'gone' }], 'warn', 'gone in 1 of 10 attempts'],
    [[...many(9), { listed: false }], 'warn', 'not listed in 1 of 10 attempts'],
    // what is gone is not listed either, and counts once
    [[...many(9), { back: 'gone', listed: false }], 'warn', 'gone in 1 of 10 attempts'],
    [[...many(5), ...many(5, { listed: false })], 'warn', 'not listed in 5 of 10 attempts'],
    [
      [...many(4), ...many(5, { listed: false }), { back: 'gone' }],
      'fail',
      'gone in 1 and not listed in 5 of 10 attempts',
    ],
    [many(3, { back: 'gone' }), 'fail', 'gone in 3 of 3 attempts'],
  ])('a canary that is gone or unlisted %#', (observations, verdict, observed) => {
    expect(judged(...observations)).toEqual({ verdict, observed, cause: 'storage-canary-gone' });
  });
});

describe('storage/handoff-whole', () => {
  const handoff = (...observations: Partial<Observation>[]) => asked('storage/handoff-whole', observations);

  test('does not apply where there was none of another context', () => {
    expect(handoff(...many(3)).required).toBeNull();
  });

  test('passes with what arrived, and says of whom', () => {
    const read = [arrived('serverless', 'b'), arrived('dedicated', 'c')];
    expect(handoff({ read, deletes: true }, { read: [arrived('dedicated', 'c')] }, {}).judge()).toEqual({
      verdict: 'pass',
      observed: '2 read whole, of dedicated, serverless',
      cause: null,
    });
  });

  test('fails where one is damaged, also beside others that are not', () => {
    expect(handoff({ read: [arrived('dedicated', 'b')], damaged: 1 }, { damaged: 1 }).judge()).toEqual({
      verdict: 'fail',
      observed: '1 damaged, 1 read whole, of dedicated',
      cause: 'storage-canary-altered',
    });
    expect(handoff({ damaged: 2 }).judge()).toMatchObject({ verdict: 'fail', observed: '2 damaged, 0 read whole' });
  });
});

describe('storage/canaries-deleted', () => {
  const deleted = (...observations: Partial<Observation>[]) => asked('storage/canaries-deleted', observations);

  test('does not apply where nothing was to be deleted', () => {
    expect(deleted(...many(3)).required).toBeNull();
  });

  test.each<[Partial<Observation>[], object]>([
    [[{ deletes: true }, {}], { verdict: 'pass', observed: 'in 1 of 1 attempts', cause: null }],
    [
      [{ deletes: true }, { deletes: false }, {}],
      { verdict: 'warn', observed: 'refused in 1 of 2 attempts', cause: 'storage-canaries-left' },
    ],
  ])('warns where it was refused %#', (observations, outcome) => {
    expect(deleted(...observations).judge()).toEqual(outcome);
  });
});
