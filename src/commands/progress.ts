import type { Plan } from '../model/plan.ts';
import type { AttemptRecord, StopRecord } from '../model/records.ts';

const EVERY_MS = 10_000;

/** A line when the run begins, one every ten seconds, and one when a target is done: job logs are read afterwards. */
export function progressOf(say: (line: string) => void) {
  const made = new Map<string, { attempts: number; failed: number }>();
  let saidAtMs = performance.now();
  return {
    planned(plan: Plan): void {
      const seconds = Math.ceil(plan.durationMs / 1_000);
      say(
        `probe: ${plan.targets.length} targets, profile ${plan.profile}, scope ${plan.scope}, at most about ${seconds} s`,
      );
      const held = plan.targets.flatMap(({ holds }) => holds);
      const longestMs = Math.max(0, ...held.map(({ plannedMs }) => plannedMs));
      if (held.length > 0) {
        say(`probe: ${held.length} connections are held beside the attempts, the longest for ${longestMs / 1_000} s`);
      }
      for (const warning of plan.warnings) say(`warning: ${warning}`);
    },
    progressed(record: AttemptRecord | StopRecord): void {
      const so = made.get(record.target) ?? { attempts: 0, failed: 0 };
      made.set(record.target, so);
      if (record.record === 'stop') {
        say(`probe: ${record.target}: ${so.attempts} attempts, ${so.failed} failed (${record.reason})`);
        return;
      }
      if (record.hold !== null) return;
      so.attempts += 1;
      if (record.outcome === 'failed') so.failed += 1;
      if (performance.now() - saidAtMs < EVERY_MS) return;
      saidAtMs = performance.now();
      say(
        `probe: ${[...made].map(([name, { attempts, failed }]) => `${name} ${attempts} (${failed} failed)`).join(', ')}`,
      );
    },
  };
}
