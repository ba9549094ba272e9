import type { ReportWorkload } from '../model/report.ts';
import { blocksOf, neededOverRuns } from './report-blocks.ts';
import type { JudgedWorkload } from './workloads.ts';

/** A judged workload, in the keys of the report. */
export const reportWorkload = ({ workload, joint, ...judged }: JudgedWorkload): ReportWorkload => ({
  name: workload.name,
  targets: [...judged.targets],
  verdict: judged.verdict,
  findings: [...judged.findings],
  judgedBy: judged.judgedBy,
  blocks: joint === null ? null : blocksOf(joint.assessment, joint.stated),
  needed:
    joint === null
      ? { runs: null, attempts: null, spanSeconds: null, withinMaxRuns: null }
      : neededOverRuns(joint.assessment, joint.policy),
});
