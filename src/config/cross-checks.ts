import type { ConfiguredTarget, Workload } from '../model/config.ts';
import type { Policy, Waiver } from '../model/policy.ts';
import { type Issue, issue, type Path } from './issues.ts';
import { nearest } from './nearest.ts';

// What no schema of one section can see: names that must exist elsewhere, and what is written twice.

export type Checked = {
  /** Names as written, also of targets with mistakes of their own. */
  readonly targetNames: readonly string[];
  readonly targets: readonly ConfiguredTarget[];
  readonly workloads: readonly Workload[];
  readonly contextNames: readonly string[];
  readonly policy: Policy;
  /** Rules that hold for every probe; null where they are not known, and a waiver's rule is then not looked up. */
  readonly generalRules: readonly string[] | null;
  readonly now: Date;
};

export function crossCheck(checked: Checked): {
  readonly issues: readonly Issue[];
  readonly warnings: readonly Issue[];
} {
  const { policy, now, workloads } = checked;
  return {
    issues: [
      ...workloads.flatMap((workload) => unknownUses(workload, checked.targetNames)),
      ...checked.targets.flatMap((target) => idleWrittenTwice(target, workloads)),
      ...[...policy.since, ...policy.waivers].flatMap((entry) => unknownNames(entry, checked)),
      ...policy.waivers.flatMap((waiver) => unknownRule(waiver, checked)),
      ...policy.since.filter((entry) => new Date(entry.at) > now).map((entry) => futureSince(entry, policy)),
      ...policy.waivers.filter((waiver) => isTooLong(waiver, now)).map((waiver) => tooLong(waiver, policy)),
    ],
    warnings: [
      ...workloads.flatMap(idlesLongerThanItRuns),
      ...policy.waivers.filter((waiver) => new Date(waiver.until) < now).map((waiver) => ended(waiver, policy)),
    ],
  };
}

function unknownUses(workload: Workload, targets: readonly string[]): Issue[] {
  if (workload.uses === null || workload.uses === 'none') return [];
  const at = ['workloads', workload.name, 'uses'];
  return workload.uses
    .filter((name) => !targets.includes(name))
    .map((name) => issue(at, `${JSON.stringify(name)} is no target`, nearest(name, targets)));
}

function idleWrittenTwice({ name, requirement }: ConfiguredTarget, workloads: readonly Workload[]): Issue[] {
  const { survivesIdleMs } = requirement;
  const users = workloads.filter((each) => uses(each, name) && each.longestIdleMs !== null);
  const longest = users.reduce<Workload | null>((most, each) => (idleOf(each) > idleOf(most) ? each : most), null);
  if (survivesIdleMs === null || longest === null || idleOf(longest) === survivesIdleMs) return [];
  const other = `workloads.${longest.name}.longestIdle says ${secondsText(idleOf(longest))}`;
  const at = ['targets', name, 'expect', 'survivesIdle'];
  return [
    issue(at, `written twice and different: ${other}, this says ${secondsText(survivesIdleMs)}; keep one of them`),
  ];
}

const uses = (workload: Workload, target: string): boolean =>
  Array.isArray(workload.uses) && workload.uses.includes(target);

const idleOf = (workload: Workload | null): number => workload?.longestIdleMs ?? 0;

const secondsText = (ms: number): string => `${ms / 1_000} s`;

type Named = { readonly target: string; readonly context: string | null };

function unknownNames(
  entry: Policy['since'][number] | Waiver,
  { policy, targetNames, contextNames }: Checked,
): Issue[] {
  const at = placeOf(entry, policy);
  const named: Named = entry;
  const found: Issue[] = [];
  if (!targetNames.includes(named.target))
    found.push(
      issue([...at, 'target'], `${JSON.stringify(named.target)} is no target`, nearest(named.target, targetNames)),
    );
  if (named.context !== null && !contextNames.includes(named.context)) {
    const expectation = `${JSON.stringify(named.context)} is not declared under contexts`;
    found.push(issue([...at, 'context'], expectation, nearest(named.context, contextNames)));
  }
  return found;
}

function unknownRule(waiver: Waiver, { policy, targets, generalRules }: Checked): Issue[] {
  const target = targets.find((each) => each.name === waiver.target);
  if (generalRules === null || target === undefined) return [];
  const own = target.probe.rules(target.expect);
  const known = [...generalRules, ...('rules' in own ? own.rules.map((rule) => rule.id) : [])];
  if (known.includes(waiver.rule)) return [];
  const expectation = `target ${JSON.stringify(target.name)} is judged by no such rule`;
  return [issue([...placeOf(waiver, policy), 'rule'], expectation, nearest(waiver.rule, known))];
}

const placeOf = (entry: Policy['since'][number] | Waiver, policy: Policy): Path =>
  'until' in entry
    ? ['policy', 'waivers', policy.waivers.indexOf(entry)]
    : ['policy', 'since', policy.since.indexOf(entry)];

const futureSince = (entry: Policy['since'][number], policy: Policy): Issue =>
  issue(
    [...placeOf(entry, policy), 'at'],
    'expected a time that has passed: it would set runs aside that are still to come',
  );

const MAX_WAIVER_MS = 90 * 86_400_000;

/** A date means the end of its day: one more day, so that "in 90 days" may be written as a date. */
const isTooLong = (waiver: Waiver, now: Date): boolean =>
  new Date(waiver.until).getTime() - now.getTime() > MAX_WAIVER_MS + 86_400_000;

const tooLong = (waiver: Waiver, policy: Policy): Issue =>
  issue(
    [...placeOf(waiver, policy), 'until'],
    'expected a date at most 90 days from now: a waiver is renewed, not forgotten',
  );

const ended = (waiver: Waiver, policy: Policy): Issue =>
  issue([...placeOf(waiver, policy), 'until'], 'this waiver has ended, and waives nothing any more');

function idlesLongerThanItRuns({ name, durationMs, longestIdleMs }: Workload): Issue[] {
  if (durationMs === null || longestIdleMs === null || longestIdleMs <= durationMs) return [];
  return [issue(['workloads', name, 'longestIdle'], 'longer than the duration of the workload')];
}
