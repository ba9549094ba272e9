import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decision, decision as decisionSchema } from '../../../src/model/decision.ts';
import { renderCell } from '../../../src/render/decision-cell.ts';
import { renderDecision } from '../../../src/render/decision-table.ts';
import { whole } from './decision.ts';
import { cell } from './decision-cells.ts';
import { freeTexts, withTexts } from './free-texts.ts';

test('the table of a whole decision is as reviewed', () => {
  expect(decisionSchema.parse(whole)).toEqual(whole);
  expect(renderDecision(whole)).toBe(readFileSync(new URL('./decision.golden.txt', import.meta.url), 'utf8'));
});

test('the worklist stands first, and what is to be done before any strategy or workload', () => {
  const heads = [...renderDecision(whole).matchAll(/^[A-Z][A-Z ]+(?= {2})/gm)].map(([head]) => head.trim());
  expect(heads.slice(0, 5)).toEqual(['WORKLIST', 'TO DO', 'RUNS TO MAKE', 'MISSING', 'RECOMMENDED']);
});

test('an action says how many it unblocks and names the first few of them', () => {
  const [first] = whole.worklist.actions;
  const unblocks = Array.from({ length: 11 }, (_, index) => `w${index + 1}`);
  const table = renderDecision({
    ...whole,
    worklist: { ...whole.worklist, actions: [{ ...first!, owner: null, unblocks, touches: [], completes: [] }] },
  });
  expect(table).toContain('\n              unblocks 11 workloads: w1, w2, w3, w4, w5 and 6 more\n');
  expect(table).toContain('\n              at claims-db in serverless; owner unknown\n');
});

/** In the JSON alone: what a difference is between stands in its sentence. */
const NOT_SHOWN = /^comparisons\.\d+\.targets\.\d+\.differences\.\d+\.(baseline|other)$/;
/** Only of the first strategy, since it is that of the policy; an instant is cut to its minute. */
const NOT_WHOLE = /^strategies\.\d+\.cost\.currency$|^policy\.since\.\d+\.at$|^policy\.waivers\.\d+\.until$/;
/** Of many names the first few, and of a strategy their number: each stands with its workload. */
const COUNTED = /^worklist\.actions\.\d+\.touches\.[5-9]$|^strategies\.\d+\.actions\.\d+\.(unblocks|touches|completes)/;

const squeezed = (text: string): string => text.replace(/\s+/g, '');

describe('every text of a decision is in its table', () => {
  const paths = freeTexts(whole).filter(
    (path) => ![NOT_SHOWN, NOT_WHOLE, COUNTED].some((pattern) => pattern.test(path)),
  );

  test('of which there are many', () => {
    expect(paths.length).toBeGreaterThan(120);
    expect(paths).toEqual(
      expect.arrayContaining([
        'workloads.0.name',
        'workloads.0.cells.1.blockers.0.observed',
        'workloads.0.cells.1.warnings.0.required',
        'workloads.1.cells.1.missing.0.what',
        'workloads.1.cells.1.waived.0.approvedBy',
        'strategies.2.handoffs.0.observed',
        'policy.since.0.reason',
        'policy.waivers.0.ticket',
        'remarks.0.effect',
      ]),
    );
  });

  const word = fc.string({ unit: fc.constantFrom('a', 'x'.repeat(50), ' ', ', ', '{', '-'), maxLength: 8 });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 7 }), (words) => {
        const texts = new Map(paths.map((path, index) => [path, `<${index}>${words[index % words.length]}.`]));
        const table = squeezed(renderDecision(withTexts(whole, texts)));
        expect(paths.filter((path) => !table.includes(squeezed(texts.get(path) ?? '')))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

test('each placement stands in capitals beside its reason', () => {
  const lines = squeezed(renderDecision(whole));
  for (const { cells } of whole.workloads) {
    for (const { placement, context, why } of cells) {
      expect(lines).toMatch(new RegExp(`${placement.toUpperCase()}${context}\\([^)]*\\):${escaped(squeezed(why))}`));
    }
  }
});

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

test('no line is wider than 120 columns, but for what is to be pasted', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'x'.repeat(150), ' ', ', ', '{', '\t'), maxLength: 40 });
  const paths = freeTexts(whole);
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 7 }), (texts) => {
      const table = renderDecision(
        withTexts(whole, new Map(paths.map((path, index) => [path, texts[index % texts.length] ?? '']))),
      );
      expect(table.split('\n').filter((line) => line.length > 120)).toEqual([]);
    }),
    { numRuns: 30 },
  );
  expect(
    renderDecision(whole)
      .split('\n')
      .filter((line) => line.length > 120),
  ).toEqual([]);
});

test('no name can steer the terminal, or make a line of its own', () => {
  const hostile = 'bad\u001b[2J\u0007\r\nSUITABLE      forged\u202e';
  const paths = freeTexts(whole).filter((path) => !path.endsWith('.action'));
  const table = renderDecision(withTexts(whole, new Map(paths.map((path) => [path, hostile]))));
  expect(table.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(table).not.toMatch(/^SUITABLE +forged/m);
});

describe('what makes a pass easier stands at the top and again where it counts', () => {
  const [top = ''] = renderDecision(whole).split('\n\n');
  const block = (start: string): string =>
    renderDecision(whole)
      .split('\n\n')
      .find((lines) => squeezed(lines).startsWith(squeezed(start))) ?? '';

  test('a waiver', () => {
    expect(top).toContain('  WAIVED      1 waiver in the policy; findings are waived of claims-export in serverless');
    expect(top).toMatch(/^ {2}serverless .*\(1 with WAIVED findings\)$/m);
    expect(block('UNDETERMINED serverless')).toMatch(/^ {2}WAIVED +drop: FAIL the peer saw/m);
    expect(block('POLICY')).toMatch(/^ {2}WAIVED +identity\/as-declared at drop in every context/m);
  });

  test('evidence that was set aside', () => {
    expect(top).toMatch(/^ {2}SINCE +evidence of claims-db in serverless before 2026-11-24 08:00 UTC/m);
    expect(block('UNSUITABLE serverless')).toMatch(/^ {2}SINCE +evidence of claims-db/m);
    expect(block('SUITABLE dedicated (from the driver)')).not.toContain('SINCE');
    expect(block('POLICY')).toMatch(/^ {2}SINCE +evidence of claims-db/m);
  });

  test('a loosened independence, and runs of a lab', () => {
    expect(top).toContain('  LOOSENED    policy.independence: runs need only 5 min between them, not 15 min\n');
    expect(top).toContain('  LOOSENED    policy.independence: runs of one host count as independent\n');
    expect(top).toContain('  LAB         4 of 41 runs are of a lab, and say nothing of a real system');
  });

  test('and nothing of it where there is none', () => {
    const policy = {
      ...whole.policy,
      since: [],
      waivers: [],
      independence: { minGapSeconds: 900, distinctHosts: true },
    };
    const table = renderDecision({ ...whole, policy, workloads: [], contexts: [] });
    expect(table).not.toMatch(/WAIVED|SINCE|LOOSENED|LAB/);
    expect(table).toContain('\n  since       none');
    expect(table).toContain('\n  waivers     none');
  });

  test('also where it cannot be read as what it is', () => {
    const policy = { ...whole.policy, since: [{ target: 'claims-db' }], waivers: ['all of them'] };
    const table = renderDecision({ ...whole, policy });
    expect(table).toContain('  SINCE       {"target":"claims-db"}.');
    expect(table).toContain('  WAIVED      "all of them".');
    expect(table).toContain('  SINCE       1 further use of policy.since, listed under POLICY');
  });
});

test('a decision without a workload or a context says so', () => {
  const none: Decision = {
    ...whole,
    worklist: { contexts: [], actions: [], runs: [], missing: [] },
    recommended: { strategy: null, why: 'None of the strategies is feasible yet.', flips: [] },
    strategies: [],
    workloads: [],
    contexts: [],
    comparisons: [],
    remarks: [],
    findings: [],
  };
  const table = renderDecision(none);
  expect(table).toMatch(/^WORKLIST {6}0 workloads in 0 contexts/);
  expect(table).toContain('no context is declared, and none is in the evidence');
  expect(table).toContain('RECOMMENDED   no strategy: None of the strategies is feasible yet.');
  expect(table).not.toMatch(/^(SUITABLE|FEASIBLE)/m);
});

test('a cell alone is the placement with its reason, and what is known of it', () => {
  expect(renderCell(cell({ badRunsToLose: 1 }))).toBe(
    [
      'SUITABLE      dedicated (from the driver): claims-ingest can run in dedicated: 0 of 33 independent runs met a failure.',
      '  margin      one more bad run would take away the pass of its failure rate',
      '  cost        not known',
      '',
    ].join('\n'),
  );
});

test('a cell with the decision that it stands in tells the currency, and what was set aside for it', () => {
  const [dedicated, serverless] = whole.workloads[0]!.cells;
  expect(renderCell(dedicated!, whole)).toContain('  cost        1080.00 EUR a month');
  expect(renderCell(dedicated!)).toContain('  cost        1080.00 a month');
  expect(renderCell(serverless!, whole)).toMatch(/^ {2}SINCE +evidence of claims-db in serverless/m);
  expect(renderCell(serverless!)).not.toContain('SINCE');
});

test('of a cell that was only declared it is said that nothing was tried', () => {
  const text = renderCell(cell({ declared: true, vantage: null, why: 'it was declared to connect to nothing.' }));
  expect(text).toContain(
    'SUITABLE      dedicated (declared, nothing was tried): it was declared to connect to nothing.',
  );
});

test('a workload that nothing suits is placed nowhere', () => {
  const [first] = whole.workloads;
  const bare = { ...first!, name: 'bare', placement: null, uses: null, connectsFrom: null, cells: [] };
  const table = renderDecision({ ...whole, workloads: [bare, { ...bare, uses: 'none' }] });
  expect(table).toContain('WORKLOAD      bare: placed nowhere: nothing suits, or too little is known\n');
  expect(table).toContain('  declared    uses not declared; needs rdd;');
  expect(table).toContain('  declared    uses nothing; needs rdd;');
  expect(table).toContain('  why         there is no context to place it in\n');
});

test('of the many numbers that a strategy lacks for its cost the first few are named, since each stands with its cell', () => {
  const [dedicated] = whole.strategies;
  const missing = Array.from({ length: 40 }, (_, index) => `workloads.w${index}.duration`);
  const table = renderDecision({
    ...whole,
    strategies: [{ ...dedicated!, cost: { perMonth: null, currency: 'EUR', missing } }],
  });
  expect(squeezed(table)).toContain('workloads.w7.durationand32more');
});

test('of a strategy with many actions the first few are told, and that there are more', () => {
  const [, serverless] = whole.strategies;
  const actions = Array.from({ length: 7 }, () => serverless!.actions[0]!);
  const table = renderDecision({ ...whole, strategies: [{ ...serverless!, actions }] });
  expect(table.match(/^ {2}do .*Allow the egress/gm)).toHaveLength(5 + 1);
  expect(table).toContain('\n              and 2 more, which are in the worklist\n');
});
