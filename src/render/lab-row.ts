import { countOf, row } from './layout.ts';

/** `runs`: all of them, counted or not. */
export function labRow(label: string, ofLab: number, runs: number): string[] {
  if (ofLab === 0) return [];
  const says = ofLab === 1 ? 'is of a lab, and says' : 'are of a lab, and say';
  return row(label, `${ofLab} of ${countOf(runs, 'run')} ${says} nothing of a real system`);
}
