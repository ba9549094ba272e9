import type { Io } from './io.ts';

/** With its stack, since it is for those who mend this tool. */
export const defectText = (error: unknown): string =>
  `defect of this tool: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;

/** Says what a rule threw; the process will exit 70, with the report written. */
export function tellDefects(defects: readonly unknown[], io: Io): void {
  for (const defect of defects) {
    io.err(`probe: ${defectText(defect)}\n`);
    io.broke(defect);
  }
}
