import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Report, report as reportSchema } from '../../../src/model/report.ts';
import { FORMATS, RENDERERS } from '../../../src/render/formats.ts';
import { report, target, whole } from './report.ts';

test('the table of a whole report is as reviewed', () => {
  expect(reportSchema.safeParse(whole)).toMatchObject({ success: true });
  expect(RENDERERS.table(whole)).toBe(readFileSync(new URL('./table.golden.txt', import.meta.url), 'utf8'));
});

test('the JSON is the report itself, on lines of its own', () => {
  expect(JSON.parse(RENDERERS.json(whole))).toEqual(whole);
  expect(RENDERERS.json(whole)).toMatch(/^\{\n {2}"schemaVersion": 1,/);
  expect(RENDERERS.json(whole)).toMatch(/\n\}\n$/);
});

const quick = (more: Partial<Report>) =>
  RENDERERS.table(report({ scope: 'run', verdict: 'pass', exitCode: 0, targets: [target({})], ...more }));

test('a pass of one run names its period and says nothing of other runs', () => {
  const table = quick({});
  expect(table).toContain('why         no blocker seen in this run, 08:54 to 08:59 UTC\n');
  expect(table).toContain('attempts    0 of 32 attempts failed\n');
  expect(table).toContain('verdict PASS for this run alone, exit code 0\n');
  expect(table).not.toMatch(/may migrate/i);
});

test('a target without a finding is not called free of blockers', () => {
  const table = quick({ targets: [target({ verdict: 'inconclusive' })], verdict: 'inconclusive', exitCode: 3 });
  expect(table).toContain('INCONCLUSIVE  drop');
  expect(table).not.toContain('no blocker');
});

test('a report without a run or a target says so', () => {
  const table = RENDERERS.table(report({ run: null, context: null }));
  expect(table).toContain('context unknown; no run counts;');
  expect(table).toContain('no target was judged\nverdict INCONCLUSIVE, exit code 3\n');
});

test('the worst target comes first, and those alike by name', () => {
  const named = (['pass', 'fail', 'warn', 'inconclusive', 'fail'] as const).map((verdict, index) =>
    target({ name: `t${5 - index}`, verdict }),
  );
  const order = [...quick({ targets: named }).matchAll(/^[A-Z]+ +(t\d) /gm)].map(([, name]) => name);
  expect(order).toEqual(['t1', 't4', 't2', 't3', 't5']);
});

test('what a server says can neither steer the terminal nor make a line of its own', () => {
  const hostile = 'bad\u001b[2J\u0007\r\nPASS          forged\u202e';
  const failure = {
    cause: 'unclassified',
    stage: 'request',
    server: hostile,
    count: 1,
    runs: 1,
    firstAt: '2026-11-26T08:54:00.000Z',
    lastAt: '2026-11-26T08:54:00.000Z',
    code: hostile,
    number: null,
    detail: hostile,
  } as const;
  const table = quick({ targets: [target({ name: hostile, endpoint: hostile, failures: [failure], egress: [] })] });
  expect(table.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(table).not.toMatch(/^PASS +forged/m);
});

test('no line of the table is wider than 120 columns, whatever its texts', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'x'.repeat(150), ' ', ', ', '\n', '{'), maxLength: 60 });
  fc.assert(
    fc.property(text, text, text, (observed, name, action) => {
      const finding = {
        ...whole.targets[0]!.findings[0]!,
        verdict: 'fail',
        observed,
        action,
        owner: 'network',
      } as const;
      const table = quick({ targets: [target({ name, verdict: 'fail', findings: [finding, finding] })] });
      const pasted = action.split('\n').slice(1);
      for (const line of table.split('\n'))
        if (line.length > 120) expect(pasted.some((each) => each.includes(line.trim().slice(0, 20)))).toBe(true);
    }),
  );
});

test('a stanza to paste stays YAML, also where it is broken to fit', async () => {
  const { parse } = await import('yaml');
  const lines = RENDERERS.table(whole).split('\n');
  const start = lines.indexOf('policy:');
  const end = lines.findIndex((line, index) => index > start && /^ {2}\w+ {2,}/.test(line));
  expect(parse(lines.slice(start, end).join('\n'))).toEqual({
    policy: {
      since: [
        {
          target: 'claims-events',
          context: 'serverless',
          at: '2026-11-26T08:59:00.000Z',
          reason: 'what was mended',
          ticket: 'TICKET',
          approvedBy: 'NAME',
        },
      ],
    },
  });
});

test('every format has its renderer', () => {
  expect(Object.keys(RENDERERS).sort()).toEqual([...FORMATS].sort());
});
