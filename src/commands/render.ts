import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PreflightError } from '../model/preflight-error.ts';
import { Redaction } from '../model/redaction.ts';
import { report as reportSchema } from '../model/report.ts';
import { EXIT } from '../model/verdict.ts';
import type { Io } from './io.ts';
import { destinationsOf, publish } from './publish.ts';

/** `probe render REPORT`: any format from a saved JSON report. */
export async function render(file: string, options: { readonly report: readonly string[] }, io: Io): Promise<number> {
  const parsed = reportSchema.safeParse(readJson(resolve(io.cwd, file)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PreflightError(
      'ERR_REPORT_READ',
      `${file} is not a report: ${issue?.path.join('.')}: ${issue?.message}`,
      'Pass what `--report json=FILE` wrote.',
    );
  }
  publish(parsed.data, destinationsOf(options.report, io.cwd), new Redaction(), io);
  return EXIT.ok;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new PreflightError(
      'ERR_REPORT_READ',
      `${path} cannot be read as JSON`,
      'Pass what `--report json=FILE` wrote.',
      { cause: error },
    );
  }
}
