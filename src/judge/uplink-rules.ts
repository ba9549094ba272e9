import { CAUSES, isCause } from '../model/causes.ts';
import type { Finding } from '../model/finding.ts';
import type { RuleOutcome } from '../model/probe.ts';
import { VERDICTS, worst } from '../model/verdict.ts';
import type { ContextRule } from './context-rule.ts';
import { sinceStanza } from './since.ts';
import type { JudgedTarget } from './target.ts';
import { countOf, verb } from './words.ts';

// The way out of the context, judged by its control targets: a finding of the context, and no target's verdict.

/** What a control says of the way out; its latency or its certificate is not the uplink's. */
const OF_THE_UPLINK: ReadonlySet<string> = new Set([
  'stability/never-succeeded',
  'stability/failure-rate',
  'stability/stopped',
  'evidence/complete',
]);

export const uplinkStable: ContextRule = {
  id: 'context/uplink-stable',
  required: ({ controls }) =>
    controls.length === 0 ? null : 'the way out of this context fails no oftener than a target may',
  judge({ analysis, controls }) {
    const outcomes = controls.map(outcomeOf).sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
    // One control that always works shows a way out that does: the others may have troubles of their own.
    const [best] = outcomes;
    if (best === undefined) return { verdict: 'inconclusive', observed: 'no control', cause: 'nothing-observed' };
    const laid = analysis.health.reduce((sum, { uplink }) => sum + uplink, 0);
    const others =
      laid === 0
        ? ''
        : ` ${countOf(laid, 'failure')} of other targets ${verb(laid, 'is', 'are')} laid to it, and in no rate.`;
    return { ...best, observed: `${best.observed}${others}` };
  },
};

function outcomeOf(control: JudgedTarget): RuleOutcome {
  const { target } = control.input.analysis;
  const findings = control.findings.filter(({ rule }) => OF_THE_UPLINK.has(rule));
  const verdict = worst(findings.map((finding) => finding.verdict));
  const leading = findings.find((finding) => finding.verdict === verdict);
  const observed = `${target.name} (${target.endpoint}): ${leading?.observed ?? 'nothing was observed'}`;
  if (verdict === 'fail') return { verdict, observed, cause: 'uplink-unstable', action: actionOf(control, leading) };
  const cause = leading?.cause ?? (verdict === 'pass' ? null : 'nothing-observed');
  return { verdict, observed, cause: cause === null || isCause(cause) ? cause : 'unclassified' };
}

function actionOf({ input }: JudgedTarget, leading: Finding | undefined): string {
  const { action } = CAUSES['uplink-unstable'];
  if (leading?.rule !== 'stability/failure-rate' || input.scope === 'run') return action;
  return `${action} Once it is mended, set the runs so far aside, and a new history begins:\n${sinceStanza(input)}`;
}

const TOGETHER = 3;

/** Without a control nothing tells whether many servers failed, or the one way to all of them. It only informs. */
export const uplinkKnown: ContextRule = {
  id: 'context/uplink-known',
  required: ({ analysis: { health }, controls }) =>
    controls.length === 0 && health.some(({ failedTogether }) => failedTogether >= TOGETHER)
      ? 'a dead uplink can be told from dead targets'
      : null,
  judge({ analysis: { health } }) {
    const runs = health.filter(({ failedTogether }) => failedTogether >= TOGETHER);
    const most = Math.max(...runs.map(({ failedTogether }) => failedTogether));
    return {
      verdict: 'warn',
      observed: `${most} servers failed at resolve or connect at about the same time (in ${runs.length} of ${countOf(health.length, 'run')}), and no control target says whether the uplink worked`,
      cause: 'uplink-unknown',
    };
  },
};
