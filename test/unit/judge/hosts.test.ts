import { describe, expect, test } from 'vitest';
import { type AttemptOver, clean, context, failed, run, type SyntheticRun, T0 } from '../../kit/evidence.ts';
import { reportOf } from './judging.ts';

type Host = Partial<SyntheticRun> & { readonly egress?: string; readonly signs?: Readonly<Record<string, string>> };

/** One of several processes that a launcher has started at once. */
function host(index: number, of: number, { egress = '203.0.113.9', signs = {}, ...over }: Host = {}): SyntheticRun {
  const where = context({ process: { index, of }, bootId: `boot-${index}`, host: { hostname: `worker-${index}` } });
  const tried = over.attempts ?? clean(15);
  return run(0, [], {
    id: `host-${index}`,
    at: T0 + index * 1_000,
    context: { ...where, signs },
    ...over,
    attempts: tried.map((attempt): AttemptOver => ({ egress: [egress], ...attempt })),
  });
}

const hosts = (of: number, over: (index: number) => Host | undefined = () => undefined) =>
  Array.from({ length: of }, (_, index) => host(index, of, over(index)));

const findingOf = (runs: readonly SyntheticRun[], rule: string) =>
  reportOf(runs).context?.findings.find((finding) => finding.rule === rule);

describe('hosts of one context', () => {
  test('that all came to their end, and are alike, pass', () => {
    expect(findingOf(hosts(3), 'hosts/complete')).toMatchObject({ verdict: 'pass', observed: 'all 3 have ended' });
    expect(findingOf(hosts(3), 'hosts/alike')).toMatchObject({ verdict: 'pass', observed: '3 hosts alike' });
  });

  test('a process that runs alone is asked nothing', () => {
    const alone = [run(0, clean(15)), run(1, clean(15))];

    expect(findingOf(alone, 'hosts/complete')).toBeUndefined();
    expect(findingOf(alone, 'hosts/alike')).toBeUndefined();
  });

  test.each<[string, SyntheticRun[], string]>([
    [
      'was killed',
      hosts(3, (index) => (index === 1 ? { end: null } : {})),
      '2 of 3 have ended: process 1 (worker-1) was killed, interrupted, or is still going',
    ],
    [
      'has no probe',
      hosts(3, (index) =>
        index === 2
          ? { attempts: [], end: null, signs: { 'launcher:not-started': 'did not start: the agent cannot be run' } }
          : {},
      ),
      '2 of 3 have ended: process 2 (worker-2) did not start: the agent cannot be run',
    ],
    ['left no run', hosts(3).slice(0, 2), '2 of 3 have ended: of process 2 there is no run'],
  ])('a host that %s is named, and nothing passes without it', (_, runs, observed) => {
    expect(findingOf(runs, 'hosts/complete')).toMatchObject({
      verdict: 'inconclusive',
      cause: 'host-missing',
      observed,
    });
  });

  test('a host that leaves by another way than most is named', () => {
    const runs = hosts(4, (index) => (index === 3 ? { egress: '198.51.100.7' } : {}));

    expect(findingOf(runs, 'hosts/alike')).toMatchObject({
      verdict: 'warn',
      cause: 'hosts-differ',
      observed: 'process 3 (worker-3) leaves from 198.51.100.7, and 3 hosts from 203.0.113.9',
    });
  });

  test('where each host has an address of its own, none is apart from the others', () => {
    const runs = hosts(4, (index) => ({ egress: `203.0.113.${index}` }));

    expect(findingOf(runs, 'hosts/alike')).toMatchObject({ verdict: 'pass' });
  });

  test('a host on which a target never works, while it does on others, is named', () => {
    const dead = Array.from({ length: 5 }, () => failed('connect-timeout'));
    const runs = hosts(3, (index) => (index === 0 ? { attempts: dead } : {}));

    expect(findingOf(runs, 'hosts/alike')).toMatchObject({
      verdict: 'warn',
      observed: 'claims-db never worked on process 0 (worker-0), and always on 2 hosts',
    });
  });

  test('only those that were started last are looked at', () => {
    const earlier = hosts(3, (index) => (index === 1 ? { end: null } : {})).map((one) => ({
      ...one,
      id: `earlier-${one.id}`,
      at: one.at - 3_600_000,
    }));

    expect(findingOf([...earlier, ...hosts(3)], 'hosts/complete')).toMatchObject({ verdict: 'pass' });
  });
});
