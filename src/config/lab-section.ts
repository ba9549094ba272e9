import { z } from 'zod';
import type { ConfiguredTarget, LabRun } from '../model/config.ts';
import { isOnLoopback } from '../model/loopback.ts';
import { type Issue, issue } from './issues.ts';
import { instant, plainText } from './policy-section.ts';

/** The host and the start that a run is to have. */
export const labSchema: z.ZodType<LabRun> = z.strictObject({ bootId: plainText(), at: instant('00:00:00') });

/** What a lab makes up must never stand in evidence of a real system. */
export function labIssues(lab: LabRun, targets: readonly ConfiguredTarget[], now: Date): Issue[] {
  return [
    ...(Date.parse(lab.at) > now.getTime()
      ? [issue(['lab', 'at'], 'expected a time that has passed: no evidence is of the future')]
      : []),
    ...targets.flatMap(beyondLoopback),
  ];
}

function beyondLoopback({ name, bound }: ConfiguredTarget): Issue[] {
  const servers = bound?.footprint.servers.map(({ address }) => address) ?? [];
  return [...new Set(servers)]
    .filter((server) => !isOnLoopback(server))
    .map((server) =>
      issue(
        ['lab'],
        `targets.${name} connects to ${server}: the time and the host of a run can be given for targets on the loopback alone`,
      ),
    );
}
