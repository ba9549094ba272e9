import { describe, expect, test } from 'vitest';
import { kafka } from '../../../../probes/kafka/probe.ts';
import { seal } from '../../../../src/model/probe.ts';
import type { AttemptRecord, Span } from '../../../../src/model/records.ts';
import { type Given, ruleInput, ruleOf } from '../rule-input.ts';

function judged(id: string, given: Given) {
  const sealed = seal(kafka).rules(given.expect ?? {});
  if (!('rules' in sealed)) throw new Error('no rules');
  const rule = ruleOf(sealed.rules, id);
  const input = ruleInput(given);
  return { required: rule.required(input), outcome: rule.judge(input) };
}

const observed = (group: 'deleted' | 'left' | 'not-tried') => ({
  observation: {
    clusterId: 'c',
    brokers: ['k:9092'],
    partitions: 3,
    tlsProtocol: null,
    sessionLifetimeMs: null,
    coordinator: 'reached',
    group,
  },
});

describe('kafka/deletes-its-group', () => {
  const id = 'kafka/deletes-its-group';

  test('does not apply where no group was joined', () => {
    expect(judged(id, { attempts: [observed('not-tried')] }).required).toBeNull();
  });

  test('passes where every group is gone', () => {
    const { required, outcome } = judged(id, { attempts: [observed('not-tried'), observed('deleted')] });
    expect(required).toContain('preflight-probe-');
    expect(outcome.verdict).toBe('pass');
  });

  test('is inconclusive where one is left, and says what to grant', () => {
    const { outcome } = judged(id, { attempts: [observed('deleted'), observed('left')] });
    expect(outcome).toMatchObject({
      verdict: 'inconclusive',
      cause: 'probe-not-authorized',
      observed: expect.stringContaining('1 '),
      action: expect.stringContaining('--operation Delete --group preflight-probe- --resource-pattern-type prefixed'),
    });
  });
});

describe('kafka/keeps-membership', () => {
  const id = 'kafka/keeps-membership';
  const expected = { keepsMembership: '10m' };
  const member = (plannedMs: number, heldMs: number, failure: AttemptRecord['failure'] = null) => {
    const stages: Span[] = [{ stage: 'hold', server: 'k:9092', elapsedMs: heldMs, ok: failure === null }];
    const outcome = failure === null ? ('succeeded' as const) : ('failed' as const);
    return {
      outcome,
      failure,
      stages,
      observation: null,
      hold: { kind: 'membership' as const, plannedMs, keepalive: 'as-client' as const },
    };
  };
  const lost = (stage: 'hold' | 'authorize', cause: string): AttemptRecord['failure'] => ({
    stage,
    server: 'k:9092',
    cause,
    code: null,
    number: null,
    detail: '',
  });

  test('applies where it is expected', () => {
    expect(judged(id, { attempts: [] }).required).toBeNull();
    expect(judged(id, { attempts: [], expect: expected }).required).toBe('a member stays in its group for 600 s');
  });

  test.each([
    ['a member that stayed', [member(600_000, 600_000)], 'pass', null],
    [
      'a member that was put out',
      [member(600_000, 600_000), member(600_000, 90_000, lost('hold', 'group-unstable'))],
      'fail',
      'group-unstable',
    ],
    [
      'a longer hold that ended after the time asked for',
      [member(1_200_000, 900_000, lost('hold', 'connection-reset'))],
      'inconclusive',
      'nothing-observed',
    ],
    ['a shorter hold', [member(60_000, 60_000)], 'inconclusive', 'nothing-observed'],
    [
      'a member that could not join',
      [member(600_000, 0, lost('authorize', 'probe-not-authorized'))],
      'inconclusive',
      'nothing-observed',
    ],
    ['no hold at all', [], 'inconclusive', 'nothing-observed'],
  ] as const)('%s', (_, attempts, verdict, cause) => {
    expect(judged(id, { attempts, expect: expected }).outcome).toMatchObject({ verdict, cause });
  });
});
