import { describe, expect, test } from 'vitest';
import { REGISTRY } from '../../../probes/index.ts';
import { upperBound95 } from '../../../src/analyze/clopper-pearson.ts';
import { newAddresses } from '../../../src/analyze/new-addresses.ts';
import { upperBound } from '../../../src/analyze/rule.ts';
import { GENERIC_RULE_IDS } from '../../../src/judge/rules/of-probe.ts';
import { drawHistories } from './histories.ts';
import { KINDS } from './kinds.ts';
import { findingsOf, judged, ofCauses, ofDocuments, ofReport, ofSources, type Said } from './said.ts';

// What the evidence can say (statistics §2), and what is never said (§8), over every sentence that the tool can print.

const JUDGED = judged(drawHistories(20261124, 160));
const SAID: readonly Said[] = JUDGED.flatMap(({ report }) => ofReport(report));
const EVERYTHING: readonly Said[] = [...ofCauses, ...ofSources, ...ofDocuments, ...SAID];

const found = (all: readonly Said[], pattern: RegExp): readonly string[] => [
  ...new Set(all.filter(({ text }) => pattern.test(text)).map(({ from, text }) => `${from}: ${text}`)),
];

describe('the sentences that are read', () => {
  test('are of every rule, and of a history of every verdict', () => {
    const rules = new Set(JUDGED.flatMap(({ report }) => findingsOf(report).map(({ rule }) => rule)));
    // What takes evidence of another version.
    const unread = GENERIC_RULE_IDS.filter((id) => !rules.has(id) && id !== 'evidence/understood');
    expect(unread).toEqual([]);
    expect(Object.keys(KINDS).sort()).toEqual(REGISTRY.map(({ type }) => type).sort());
    for (const { type } of REGISTRY) {
      const probe = REGISTRY.find((one) => one.type === type)?.rules({});
      if (probe === undefined || !('rules' in probe)) throw new Error(type);
      expect(probe.rules.map(({ id }) => id).filter((id) => !rules.has(id))).toEqual([]);
    }
    const verdicts = new Set(
      JUDGED.flatMap(({ report, scope }) => report.targets.map((one) => `${scope} ${one.verdict}`)),
    );
    expect([...verdicts].sort()).toEqual(
      ['period', 'run'].flatMap((scope) => ['fail', 'inconclusive', 'pass', 'warn'].map((each) => `${scope} ${each}`)),
    );
    expect(ofSources.length).toBeGreaterThan(1_000);
  });
});

describe('never said', () => {
  test.each([
    ['that nothing fails', /\b0 ?% (of )?failures?\b/i],
    ['that it is reliable', /\b(un)?reliab/i],
    ['that it is safe', /\bsafe(ly|ty)?\b/i],
    ['that no failure will occur', /failures? will (not |never )?occur|no failures? will/i],
    ['that two shares are the same', /\b(is|are|fails?) (about )?(the )?same as\b|no difference between/i],
    ['that all addresses are known', /\ball (the )?egress addresses\b/i],
    ['that an address is static', /\bstatic (egress )?(ip )?address|address is static/i],
    ['how large a pool is', /\bpool (size|of \d+)|size of the pool|\d+ addresses in the pool/i],
    ['that it is 95 % sure', /95 ?% sure|sure this context|confident that/i],
    ['that it is certified', /\bcertified\b/i],
    ['that so many runs will fail', /\d+ (of \d+ )?(job )?runs (a month )?will fail/i],
    ['that anything may migrate', /\bmay migrate\b/i],
    ['that something is guaranteed', /\bguarantee/i],
  ])('%s', (_, pattern) => {
    expect(found(EVERYTHING, pattern)).toEqual([]);
  });

  test('a pass of one run of ephemeral compute', () => {
    const passes = JUDGED.filter(({ report, scope }) => scope === 'run' && report.context?.ephemeral === true);
    expect(passes.length).toBeGreaterThan(5);
    expect(passes.filter(({ report }) => report.verdict === 'pass')).toEqual([]);
  });

  test('a pass of one run without its period', () => {
    const rates = JUDGED.filter(({ scope }) => scope === 'run').flatMap(({ report }) =>
      findingsOf(report).filter(({ rule, verdict }) => rule === 'stability/failure-rate' && /pass|warn/.test(verdict)),
    );
    expect(rates.length).toBeGreaterThan(5);
    for (const { observed } of rates)
      expect(observed).toMatch(/in this run, (\d+ \w{3} )?\d\d:\d\d to (\d+ \w{3} )?\d\d:\d\d UTC/);
  });

  test('a confidence for attempts that were pooled over runs', () => {
    const period = JUDGED.filter(({ scope }) => scope === 'period').flatMap(({ report }) => report.targets);
    expect(period.filter(({ attempts }) => attempts.failureRate !== null)).toEqual([]);
    expect(found(SAID, /%[^.]*\bof (all )?attempts/)).toEqual([]);
  });

  test('a rate of what is found for good once it is seen', () => {
    const decisive = JUDGED.flatMap(({ report }) =>
      findingsOf(report).filter(
        ({ rule, verdict }) =>
          verdict === 'fail' && /^(idle\/survives|stability\/decisive|egress\/|token\/outlives-job)/.test(rule),
      ),
    );
    expect(decisive.length).toBeGreaterThan(5);
    expect(decisive.filter(({ observed }) => observed.includes('%')).map(({ observed }) => observed)).toEqual([]);
  });
});

const BOUND = /(fewer than|at most) [\d.]+ % of|up to \d+ of \d+/;

describe('every bound', () => {
  const bounds = SAID.filter(({ text }) => BOUND.test(text));

  test('names its confidence and its unit', () => {
    expect(bounds.length).toBeGreaterThan(500);
    expect(bounds.filter(({ text }) => !/\b95 %/.test(text) || !/\bruns\b/.test(text))).toEqual([]);
  });

  test('names its period, where it is no requirement', () => {
    const observed = bounds.filter(({ from }) => !from.endsWith('required') && from !== 'table');
    expect(observed.length).toBeGreaterThan(100);
    const period = /\d\d:\d\d to (\d+ \w{3} )?\d\d:\d\d UTC|runs a month/;
    expect(observed.filter(({ text }) => !period.test(text))).toEqual([]);
  });

  test('of job runs is rounded up, and no further', () => {
    let checked = 0;
    for (const { report } of JUDGED) {
      for (const { findings, blocks } of [...report.targets, ...report.workloads]) {
        if (blocks === null) continue;
        const { upperBound95: bound } = blocks;
        const said = findings.find(({ rule }) => rule.endsWith('/failure-rate'))?.observed ?? '';
        const share = /fewer than ([\d.]+) % of job runs/.exec(said)?.[1];
        if (share !== undefined) {
          expect(Number(share) / 100).toBeGreaterThanOrEqual(bound - 1e-9);
          expect(Number(share) / 100).toBeLessThan(bound + 0.001);
          checked += 1;
        }
        for (const [, failing, all] of `${said} ${blocks.ofRunsPerMonth} `.matchAll(/(\d+) of (720)\b/g)) {
          expect(Number(failing)).toBeGreaterThanOrEqual(bound * Number(all) - 1e-6);
          expect(Number(failing)).toBeLessThan(bound * Number(all) + 1);
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThan(100);
  });

  test('of addresses is rounded up, and no further', () => {
    const clean = (count: number) => upperBound(Array.from({ length: count }, () => ({ score: 0, raises: true })));
    const isAbove = (percent: string | undefined, bound: number) => {
      expect(Number(percent) / 100).toBeGreaterThanOrEqual(bound - 1e-9);
      expect(Number(percent) / 100).toBeLessThan(bound + 0.001);
    };
    const texts = SAID.filter(({ from }) => from.endsWith('observed')).map(({ text }) => text);
    const one = texts.flatMap((text) => [...text.matchAll(/One address in all of (\d+) .* at most ([\d.]+) %/g)]);
    const split = texts.flatMap((text) => [
      ...text.matchAll(/at most ([\d.]+) % of runs .* (\d+) of the last (\d+) runs/g),
    ]);
    const listed = texts.flatMap((text) => [
      ...text.matchAll(/none outside the list in any of (\d+) .* fewer than ([\d.]+) %/g),
    ]);
    expect([one.length, split.length, listed.length].every((count) => count > 3)).toBe(true);
    for (const [, runs, percent] of one) isAbove(percent, clean(Number(runs) - 1));
    for (const [, percent, count, of] of split) isAbove(percent, upperBound95(Number(count), Number(of)));
    for (const [, runs, percent] of listed) isAbove(percent, clean(Number(runs)));
    expect(newAddresses([]).atMost).toBe(1);
  });

  test('is one-sided, and never stands beside an interval', () => {
    expect(found(SAID, /two-sided|between [\d.]+ % and/i)).toEqual([]);
    const rates = JUDGED.flatMap(({ report }) => report.targets.map(({ attempts }) => attempts.failureRate)).filter(
      (rate) => rate !== null,
    );
    expect(rates.length).toBeGreaterThan(5);
    for (const { lower, upper, upperBound95: oneSided, observed } of rates) {
      expect(lower).toBeLessThanOrEqual(observed);
      // One-sided it is the closer.
      expect(oneSided).toBeLessThanOrEqual(upper);
      expect(oneSided).toBeGreaterThanOrEqual(observed);
    }
  });
});

/** A count of runs says of how many, or is all of them, or is what is needed or allowed. */
const OF_ALL = [
  /\bOf \d+ runs?, \d+ runs?\b/,
  /\bof (all )?(the last )?\d+ (independent )?runs?\b/i,
  /\bover \d+ runs?\b/,
  /\bwithin \d+ runs\b/,
  /\b\d+ clean runs?\b/,
  /\b\d+ runs of \d+\b/,
  /\bat least \d+ runs?\b/,
];

describe('a count of runs', () => {
  const without = (text: string): string =>
    OF_ALL.reduce((left, pattern) => left.replace(new RegExp(pattern, `${pattern.flags}g`), ''), text);

  test('never stands without all of them', () => {
    const alone = [...ofDocuments, ...SAID].filter(({ text }) =>
      /\b\d+ (independent |more )?runs?\b/i.test(without(text)),
    );
    expect([...new Set(alone.map(({ from, text }) => `${from}: ${text}`))]).toEqual([]);
  });

  test('is what a pass over a period is made from', () => {
    const passes = JUDGED.filter(({ scope }) => scope === 'period')
      .flatMap(({ report }) => findingsOf(report))
      .filter(({ rule, verdict }) => rule === 'stability/failure-rate' && verdict === 'pass');
    expect(passes.length).toBeGreaterThan(3);
    for (const { observed } of passes) expect(observed).toMatch(/^\d+ of \d+ independent runs \(/);
  });
});

test('a chance never stands without its test and the number that it is made from', () => {
  const chances = SAID.filter(({ text }) => /\bp (=|below) /.test(text));
  expect(chances.length).toBeGreaterThan(20);
  const made =
    /test( of Wald and Wolfowitz| within each run)? over \d+ (runs?|attempts?|failures?): p (= 0\.\d+|= 1|below 0\.0001) after Holm over \d+ hints?\./;
  expect(chances.filter(({ text }) => !made.test(text))).toEqual([]);
});
