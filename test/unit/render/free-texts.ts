import { type Decision, decision as decisionSchema } from '../../../src/model/decision.ts';

// Every text that the schema leaves free: any of them may be anything, so that each is to be shown, and shown plain.

/** Their paths, such as `workloads.0.cells.1.why`. */
export const freeTexts = (of: Decision): readonly string[] =>
  textsIn(of, '').filter((path) => decisionSchema.safeParse(changed(of, new Map([[path, 'any text']]))).success);

function textsIn(value: unknown, path: string): readonly string[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => textsIn(each, path === '' ? key : `${path}.${key}`));
}

export const withTexts = (of: Decision, texts: ReadonlyMap<string, string>): Decision =>
  decisionSchema.parse(changed(of, texts));

function changed(value: unknown, texts: ReadonlyMap<string, string>, path = ''): unknown {
  if (typeof value === 'string') return texts.get(path) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [
    key,
    changed(each, texts, path === '' ? key : `${path}.${key}`),
  ]);
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}
