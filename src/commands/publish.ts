import { accessSync, constants, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';
import type { Redaction } from '../model/redaction.ts';
import { type Report, report as reportSchema } from '../model/report.ts';
import { FORMATS, type Format, RENDERERS } from '../render/formats.ts';
import type { Io } from './io.ts';

/** Where a report goes: a file, or standard output where there is none. */
export type Destination = { readonly format: Format; readonly path: string | null };

/** `FORMAT[=FILE]`, any number of them; the table on standard output where none is given. */
export function destinationsOf(texts: readonly string[], cwd: string): readonly Destination[] {
  if (texts.length === 0) return [{ format: 'table', path: null }];
  const destinations = texts.map((text) => destinationOf(text, cwd));
  if (destinations.filter(({ path }) => path === null).length > 1) {
    throw new PreflightError(
      'ERR_REPORT_TWICE',
      'two reports on standard output',
      'Give all but one a file: --report json=report.json',
    );
  }
  return destinations;
}

function destinationOf(text: string, cwd: string): Destination {
  const [name = '', ...file] = text.split('=');
  const format = FORMATS.find((each) => each === name);
  if (format === undefined) {
    throw new PreflightError(
      'ERR_REPORT_FORMAT',
      `no such report format: ${name}`,
      `The formats are ${FORMATS.join(', ')}.`,
    );
  }
  return { format, path: file.length === 0 ? null : placeOf(resolve(cwd, file.join('='))) };
}

/** A run may take half an hour: that its report has nowhere to go is told before. */
function placeOf(path: string): string {
  try {
    accessSync(dirname(path), constants.W_OK);
    return path;
  } catch (error) {
    throw notWritable(path, error);
  }
}

export function publish(report: Report, destinations: readonly Destination[], redaction: Redaction, io: Io): void {
  const redacted = reportSchema.parse(redaction.data(report));
  send(destinations, (format) => RENDERERS[format](redacted), io);
}

/** Of one redacted model for every format, so that no format can leak what another hides; what cannot be written holds nothing else up. */
export function send(destinations: readonly Destination[], render: (format: Format) => string, io: Io): void {
  const failures: unknown[] = [];
  for (const { format, path } of destinations) {
    const text = render(format);
    try {
      if (path === null) io.out(text);
      else writeWhole(path, text);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Written beside its place and moved there: a reader sees the old file or the new one. */
function writeWhole(path: string, text: string): void {
  const beside = `${path}.part`;
  try {
    writeFileSync(beside, text, { mode: 0o600 });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw notWritable(path, error);
  }
}

function notWritable(path: string, cause: unknown): PreflightError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
  return new PreflightError(
    'ERR_REPORT_FILE',
    `the report cannot be written to ${path} (${why})`,
    'Name a file in a folder that can be written to.',
    { cause },
  );
}
