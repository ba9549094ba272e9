import type { Report } from '../model/report.ts';
import { renderJson } from './json.ts';
import { renderTable } from './table.ts';

export const FORMATS = ['json', 'table'] as const;
export type Format = (typeof FORMATS)[number];

export const RENDERERS: Readonly<Record<Format, (report: Report) => string>> = {
  json: renderJson,
  table: renderTable,
};
