import type { Cause } from '../../src/model/causes.ts';

type Test = { readonly file: string; readonly title: string };

const rules = (title: string): Test => ({ file: 'unit/judge/rules.test.ts', title });
const inRun = (title: string): Test => ({ file: 'unit/judge/rate-in-run.test.ts', title });
const overRuns = (title: string): Test => ({ file: 'unit/judge/rate-over-runs.test.ts', title });
const uplink = (title: string): Test => ({ file: 'unit/judge/context-health.test.ts', title });
const hint = (title: string): Test => ({ file: 'unit/judge/hints.test.ts', title });
const runtime = (title: string): Test => ({ file: 'unit/decide/runtime.test.ts', title });
const gap = (title: string): Test => ({ file: 'unit/judge/gaps.test.ts', title });
const SILENCE = { file: 'unit/sample/attempt.test.ts', title: 'in stage %s, where nobody answers, is %s' };
const NOT_ON_LOOPBACK = { file: 'gate/unreached.test.ts', title: '%s at %s is %s' };
const STORAGE_SAYS = { file: 'unit/probes/storage/causes.test.ts', title: 'says %s, which is %s' };
const NOT_TRIED = rules('since %s is inconclusive');

/** Causes that no row of the matrix can bring about, each with the test that does: they take several runs, hours, or a defect of ours. */
export const TESTED_ELSEWHERE: Readonly<Partial<Record<Cause, Test>>> = {
  'name-lookup-failed': NOT_ON_LOOPBACK,
  'name-lookup-timeout': SILENCE,
  'idle-silent': SILENCE,
  'hold-timeout': {
    file: 'unit/sample/attempt.test.ts',
    title: 'stays for its whole plan, and 15 s more before it fails',
  },
  'renew-timeout': SILENCE,
  'in-use-silent': { file: 'unit/probes/mtls/hold.test.ts', title: 'hold in-use-silent' },
  'storage-elsewhere': STORAGE_SAYS,
  'storage-network-refused': STORAGE_SAYS,
  'storage-clock-refused': STORAGE_SAYS,
  'storage-read-only': STORAGE_SAYS,
  'storage-full': STORAGE_SAYS,
  'storage-mount-broken': STORAGE_SAYS,
  'storage-canary-gone': { file: 'unit/probes/storage/rules.test.ts', title: 'a canary that is gone or unlisted' },
  'egress-policy-denied': {
    file: 'cli/denied.test.ts',
    title: 'is the cause of the failure beside it, and the platform is to mend it',
  },
  'uplink-unstable': uplink('fails where the control fails in too many runs'),
  'uplink-unknown': uplink('asks for a control where three servers failed at once'),
  'too-few-runs': overRuns('says after three healthy runs how many are needed'),
  'cannot-pass': overRuns('says at once when a pass is out of reach of the budget of runs'),
  'span-too-short': overRuns('does not pass before the runs span what the policy asks'),
  'one-run-only': inRun('is at best a warning on an ephemeral context'),
  'part-missing': rules('that was planned and not tried often enough leaves a gap'),
  'other-vantage': gap('a workload that connects from another vantage is not judged'),
  'runs-gone': gap('a run that later ones name, and that is gone'),
  'host-missing': { file: 'unit/judge/hosts.test.ts', title: 'a host that %s is named, and nothing passes without it' },
  'hosts-differ': { file: 'unit/judge/hosts.test.ts', title: 'a host that leaves by another way than most is named' },
  'contexts-mixed': gap('runs on several kinds of compute under one name'),
  'clocks-disagree': gap('a run that begins after the time at which it is judged'),
  'waiver-unused': { file: 'unit/judge/waivers.test.ts', title: 'says of one that %s' },
  'nothing-observed': NOT_TRIED,
  'run-interrupted': NOT_TRIED,
  defect: NOT_TRIED,
  'failures-at-one-address': hint('by address that the name resolves to'),
  'failures-at-one-egress-address': hint('by egress address'),
  'failures-at-one-server': hint('by server of one run that is judged alone'),
  'failures-in-some-runs': hint('by run'),
  'failures-at-first-attempt': hint('by first attempt'),
  'failures-by-time-in-run': hint('by half of the run'),
  'failures-periodic': hint('by spacing'),
  'failures-in-bursts': hint('by bursts'),
  'local-starvation': NOT_ON_LOOPBACK,
  'runtime-cannot': runtime('cannot have RDDs on %s'),
  'runtime-table-old': runtime('warns of a line that is older than 180 days'),
  'evidence-unreadable': rules('a damaged run keeps all others from passing'),
  unclassified: NOT_ON_LOOPBACK,
};

/** Causes that no report names, each with the reason. */
export const NEVER_NAMED: Readonly<Partial<Record<Cause, string>>> = {
  'never-succeeded': 'its rule names the cause of the failures in its place, and takes no more of it than the action',
};
