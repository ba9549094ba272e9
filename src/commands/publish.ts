import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';
import type { Redaction } from '../model/redaction.ts';
import { type Report, report as reportSchema } from '../model/report.ts';
import { RENDERERS } from '../render/formats.ts';
import type { Io } from './io.ts';

/** Where a report goes: standard output, or a file. */
export type Destination = { readonly format: keyof typeof RENDERERS; readonly file: string | null };

/** `FORMAT[=FILE]`, any number of them; the table on standard output where none is given. */
export function destinationsOf(texts: readonly string[]): readonly Destination[] {
  if (texts.length === 0) return [{ format: 'table', file: null }];
  const destinations = texts.map(destinationOf);
  if (destinations.filter(({ file }) => file === null).length > 1) {
    throw new PreflightError(
      'ERR_REPORT_TWICE',
      'two reports on standard output',
      'Give all but one a file: --report json=report.json',
    );
  }
  return destinations;
}

const isFormat = (name: string): name is Destination['format'] => Object.hasOwn(RENDERERS, name);

function destinationOf(text: string): Destination {
  const [format = '', ...file] = text.split('=');
  if (!isFormat(format)) {
    throw new PreflightError(
      'ERR_REPORT_FORMAT',
      `no such report format: ${format}`,
      `The formats are ${Object.keys(RENDERERS).join(', ')}.`,
    );
  }
  return { format, file: file.length === 0 ? null : file.join('=') };
}

/** One redacted model for every format, so that no format can leak what another hides. */
export function publish(report: Report, destinations: readonly Destination[], redaction: Redaction, io: Io): void {
  const redacted = reportSchema.parse(redaction.data(report));
  for (const { format, file } of destinations) {
    const text = RENDERERS[format](redacted);
    if (file === null) io.out(text);
    else writeWhole(resolve(io.cwd, file), text);
  }
}

/** Written beside its place and moved there: a reader sees the old file or the new one. */
function writeWhole(path: string, text: string): void {
  const beside = `${path}.part`;
  try {
    writeFileSync(beside, text, { mode: 0o600 });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new PreflightError(
      'ERR_REPORT_FILE',
      `the report cannot be written to ${path} (${why})`,
      'Name a file in a folder that can be written to.',
      {
        cause: error,
      },
    );
  }
}
