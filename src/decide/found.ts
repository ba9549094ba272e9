import type { ReportFinding } from '../model/report.ts';

/** A finding and the target that it is of; null where it is of the context or of all targets together. */
export type Found = { readonly target: string | null; readonly finding: ReportFinding };
