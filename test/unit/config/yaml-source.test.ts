import { expect, test } from 'vitest';
import { parseYaml } from '../../../src/config/yaml-source.ts';
import { load, refusal } from './registry.ts';

test.each([
  ['an alias', '*hunter2hunter2'],
  ['a block', '|hunter2hunter2'],
  ['a tag', '!hunter2hunter2 x'],
  ['a directive-like percent', '%hunter2hunter2: ['],
  ['an open quote', '"hunter2hunter2'],
  ['a bracket', '[hunter2hunter2'],
])('a password that begins like %s is not quoted in the message', (_, password) => {
  const message = refusal(`version: 1\ntargets:\n  db:\n    type: database\n    password: ${password}\n`);
  expect(message).toMatch(/^ERR_CONFIG\nprobe\.yaml:\d+: /);
  expect(message).not.toContain('hunter2');
});

test('an alias without its anchor is told at its line', () => {
  expect(refusal('version: 1\ntargets:\n  db: *base\n')).toBe(
    'ERR_CONFIG\nprobe.yaml:3: no anchor with this name stands before this alias; put text that begins with * in quotes',
  );
});

test('aliases that expand to too much are refused, not expanded', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  expect(refusal(lines.join('\n'))).toBe('ERR_CONFIG\nprobe.yaml:1: the aliases in this file expand to too much');
});

test('anchors and merge keys hold, and a mistake in what they bring in is told where it stands', () => {
  const text = (port: string) =>
    `version: 1\ntargets:\n  a: &base\n    type: database\n    port: ${port}\n  b:\n    <<: *base\n    host: b\n`;
  expect(load(text('99')).targets.map((target) => target.bound?.endpoint)).toEqual(['localhost:99', 'b:99']);
  expect(refusal(text('x')).split('\n')).toEqual([
    'ERR_CONFIG',
    'probe.yaml:5: targets.a.port: expected a number',
    'probe.yaml:5: targets.b.port: expected a number',
  ]);
});

test('the line of a place that is not there is that of the nearest one around it', () => {
  const yaml = parseYaml('a:\n  b:\n    - x\n    - y: 1\n');
  expect([['a', 'b', 1, 'y'], ['a', 'b', 0], ['a', 'c'], ['z'], ['a', 'b', 9]].map((at) => yaml.lineOf(at))).toEqual([
    4, 3, 1, 1, 2,
  ]);
});
