import type { PlannedTarget } from '../model/plan.ts';
import type { AttemptRecord, HoldRequest, Stop } from '../model/records.ts';
import type { SampleRequest } from './sample.ts';

/** One hold within the limits of its server, or the reason why it was not made. */
type TryHold = (hold: HoldRequest, n: number) => Promise<AttemptRecord | Stop>;

/** All holds of a target side by side, opened in the order of the plan: the limits serve first who came first. */
export function startHolds(
  { record, holds }: PlannedTarget,
  request: SampleRequest,
  tryHold: TryHold,
): Promise<void>[] {
  return holds.map(async (hold, index) => {
    try {
      const held = await tryHold(hold, index + 1);
      if (typeof held !== 'string') request.write(held);
    } catch (error) {
      // nobody waits for a hold before the attempts are done
      request.broke(record.name, error);
    }
  });
}
