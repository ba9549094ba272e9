import type { Report, ReportTarget } from '../model/report.ts';
import { findingRows, worstFirst } from './findings.ts';
import { countOf, plain, row, shortened, WIDTH } from './layout.ts';
import { elapsedText, hoursText, momentText, periodText } from './moments.ts';

type Finding = ReportTarget['findings'][number];

const LISTED = 5;
const DETAIL = 160;
/** A target that stops by a decision, or over a period by having made its attempts, has come to its end as planned. */
const CONCLUDED: Readonly<Record<Report['scope'], readonly string[]>> = {
  run: ['accepted-rate', 'rejected-rate'],
  period: ['accepted-rate', 'rejected-rate', 'attempts'],
};

/** One target: verdict and name, the reason, what to do, then the numbers behind them. */
export function targetRows(target: ReportTarget, report: Report): string[] {
  const title = `${target.verdict.toUpperCase().padEnd(14)}${plain(`${target.name} (${target.type}, ${target.endpoint})`)}`;
  const findings = worstFirst(target.findings);
  const open = findings.filter((finding) => finding.verdict !== 'pass' && !isHint(finding));
  return [
    shortened(title, WIDTH),
    ...(open.length === 0 ? row('why', reasonOfPass(target, report)) : findingRows(open)),
    ...findings.filter((finding) => isHint(finding) && finding.cause !== null).flatMap(hintRow),
    ...runsRow(target),
    ...attemptsRow(target, report.scope),
    ...failureRows(target),
    ...setAsideRow(target),
    ...latencyRow(target),
    ...egressRow(target),
    ...holdRows(target),
    ...differencesRow(target),
  ];
}

/** Where failures gather: worth a look whatever the verdict, and never its reason. */
const isHint = ({ rule }: Pick<Finding, 'rule'>): boolean => rule.startsWith('hint/');

const hintRow = ({ rule, observed, cause }: Finding): string[] => row('hint', `${observed} [${rule}: ${cause}]`);

/** The rule over runs states its bound with its period; without it the run that was looked at is named. */
function reasonOfPass(target: ReportTarget, { scope, run }: Report): string {
  const stated = target.findings.find((finding) => finding.rule === 'stability/failure-rate');
  if (stated !== undefined) return stated.observed;
  if (target.verdict !== 'pass') return 'nothing was observed that a rule could judge';
  const period = run === null ? '' : `, ${hoursText(run.startedAt, run.endedAt)} UTC`;
  return scope === 'run' ? `no blocker seen in this run${period}` : 'no blocker seen in the runs counted';
}

export function runsRow({ blocks }: Pick<ReportTarget, 'blocks'>): string[] {
  if (blocks === null) return [];
  const { counted, met, needed, ofRunsPerMonth } = blocks;
  const couldFail = `up to ${ofRunsPerMonth} a month could fail (95 % confidence)`;
  if (counted === 0) return row('runs', `0 of ${needed} runs`);
  if (met === 0 && counted < needed)
    return row('runs', `${counted} of ${needed} runs, none met a failure; ${couldFail}`);
  const more = counted < needed ? `; ${needed} needed in all, the further ones clean` : '';
  return row('runs', `${met} of ${countOf(counted, 'run')} met a failure${more}; ${couldFail}`);
}

function attemptsRow({ attempts, parts, stopped, runs: all }: ReportTarget, scope: Report['scope']): string[] {
  const { failed, succeeded, repeated, aborted, broken, tainted } = attempts;
  const outside = [
    ...(repeated > 0 ? [`${repeated} failed lookups met again within 30 s`] : []),
    ...(tainted > 0 ? [`${tainted} tainted`] : []),
    ...(aborted > 0 ? [`${aborted} aborted`] : []),
    ...(broken > 0 ? [`${broken} broken by a defect of this tool`] : []),
  ];
  const inNoRate = outside.length === 0 ? '' : `; in no rate: ${outside.join(', ')}`;
  const dear = parts.map((part) => `; ${part.name}: ${part.failed} of ${part.made} failed (${part.planned} planned)`);
  const stops = stopped
    .filter(({ reason }) => !CONCLUDED[scope].includes(reason))
    .map(({ reason, meaning, runs }) => `${reason} in ${runs} of ${countOf(all, 'run')} (${meaning})`);
  const longest = attempts.longestFailures > 1 ? `, at most ${attempts.longestFailures} one after another` : '';
  const ended = stops.length === 0 ? [] : row('stopped', stops.join(', '));
  const counts = `${failed} of ${countOf(failed + succeeded, 'attempt')} failed${longest}${dear.join('')}${inNoRate}`;
  return [...row('attempts', counts), ...ended];
}

function failureRows({ failures, runs }: ReportTarget): string[] {
  const listed = [...failures].sort((a, b) => b.count - a.count).slice(0, LISTED);
  const rows = listed.flatMap((failure, index) => row(index === 0 ? 'failures' : '', failureText(failure, runs)));
  const others = failures.length - listed.length;
  return others > 0 ? [...rows, ...row('', `and ${countOf(others, 'other kind')}`)] : rows;
}

function failureText(failure: ReportTarget['failures'][number], all: number): string {
  const { cause, stage, server, count, runs, firstAt, lastAt, code, number, detail } = failure;
  const place = server === null ? stage : `${stage} with ${server}`;
  const when = count === 1 ? momentText(firstAt) : `${runs} of ${countOf(all, 'run')}, ${periodText(firstAt, lastAt)}`;
  const codes = [code, number].filter((each) => each !== null);
  const said = [...codes, ...(detail === '' ? [] : [shortened(plain(detail), DETAIL)])].join(', ');
  return `${count} x ${cause} at ${place} (${when})${said === '' ? '' : `: ${said}`}`;
}

function setAsideRow({ setAside }: ReportTarget): string[] {
  const parts = [
    ...(setAside.otherTarget > 0 ? [`${setAside.otherTarget} connected elsewhere`] : []),
    ...(setAside.tooOld > 0 ? [`${setAside.tooOld} too old`] : []),
    ...(setAside.before > 0 ? [`${setAside.before} before policy.since`] : []),
    ...(setAside.unreadable > 0 ? [`${setAside.unreadable} unreadable`] : []),
  ];
  return parts.length === 0 ? [] : row('set aside', `runs: ${parts.join(', ')}`);
}

const latencyRow = ({ stages }: ReportTarget): string[] =>
  stages.length === 0 ? [] : row('p95', stages.map(({ name, p95Ms }) => `${name} ${elapsedText(p95Ms)}`).join(', '));

function egressRow({ egress, findings }: ReportTarget): string[] {
  if (egress.length === 0) return [];
  const more = egress.length > LISTED ? ` and ${egress.length - LISTED} more` : '';
  const listed = egress.slice(0, LISTED).map(({ address }) => address);
  const next = findings.filter(({ rule }) => rule === 'egress/next-address');
  return [...row('egress', `${listed.join(', ')}${more}`), ...next.flatMap(({ observed }) => row('', observed))];
}

/** A row for each kind of hold: its rungs, and how they ended. */
function holdRows({ holds }: ReportTarget): string[] {
  const kinds = new Map<string, Held[]>();
  for (const hold of holds) kinds.set(kindText(hold), [...(kinds.get(kindText(hold)) ?? []), hold]);
  return [...kinds].flatMap(([kind, held]) => row('hold', `${kind}: ${held.map(heldText).join(', ')}`));
}

type Held = ReportTarget['holds'][number];

const kindText = ({ kind, keepalive }: Held): string =>
  `${kind}, ${keepalive === 'as-client' ? 'keepalive as the client' : `keepalive ${keepalive.intervalMs / 1_000} s`}`;

function heldText({ kind, plannedSeconds, count, outcome, afterMs }: Held): string {
  // that an idle connection is gone shows only when it is used again
  const isTimed = outcome === 'closed' || outcome === 'reset' || (outcome === 'silent' && kind !== 'idle');
  return `${plannedSeconds} s ${count} ${outcome}${isTimed ? ` after ${elapsedText(afterMs)}` : ''}`;
}

function differencesRow({ differences }: ReportTarget): string[] {
  if (differences.length === 0) return [];
  return row('differs', `${countOf(differences.length, 'difference')} from the real client, listed in the JSON report`);
}
