import { listText } from '../judge/words.ts';
import type { SetAside } from '../model/analysis.ts';
import type { Decision } from '../model/decision.ts';
import type { Report } from '../model/report.ts';
import type { Candidate, GatheredPlace, WholePlace } from './place.ts';

// What is to be known of the evidence, each with its effect.

type Remark = Decision['remarks'][number];

/** What is taken from a declaration and from nothing that was seen. */
export const declaredRemarks = ({ name, declared }: Candidate): readonly Remark[] =>
  declared === null || declared.provides.length === 0
    ? []
    : [
        {
          context: name,
          what: `declared to provide ${declared.provides.join(', ')}`,
          effect: 'believed where nothing else is known of its kind of compute',
          runs: null,
        },
      ];

export function remarksOf({ place, report, candidate }: WholePlace): readonly Remark[] {
  const { name, vantage } = report.context ?? place.analysis.context;
  const remark = (runs: number, what: string, effect: string): Remark[] =>
    runs === 0 ? [] : [{ context: name, what: `${what} (vantage ${vantage})`, effect, runs }];
  return [
    ...(Object.keys(ASIDE) as (keyof SetAside)[]).flatMap((why) => {
      const aside = place.analysis.targets.filter(({ setAside }) => setAside[why] > 0);
      const runs = Math.max(0, ...aside.map(({ setAside }) => setAside[why]));
      const { what, effect } = ASIDE[why];
      return remark(runs, what, `${effect}: ${listText(aside.map(({ target }) => target.name))}`);
    }),
    ...remark(
      place.analysis.runs.filter(({ interrupted }) => interrupted).length,
      'interrupted, killed, or still running',
      'their failures count, and they never count as clean',
    ),
    ...remark(
      most(report, ({ sameHost }) => sameHost),
      'of a host that had made a run before',
      'they count as one with that run, by the worst of them',
    ),
    ...remark(
      most(report, ({ tooClose }) => tooClose),
      'begun too soon after another',
      'they count as one with that run, by the worst of them',
    ),
    ...remark(
      place.analysis.health.filter(({ clockSteps }) => clockSteps > 0).length,
      'during which the wall clock was set',
      'spans are taken from the monotonic clock, and attempts across the step are in no rate',
    ),
    ...remark(place.analysis.runs.filter(({ lab }) => lab).length, 'of a lab', 'they say nothing of a real system'),
    ...declaredOtherwise(place, candidate),
  ];
}

const ASIDE: Readonly<Record<keyof SetAside, { readonly what: string; readonly effect: string }>> = {
  otherTarget: { what: 'connected elsewhere than the latest run does', effect: 'set aside for' },
  tooOld: { what: 'older than policy.maxAge', effect: 'set aside for' },
  before: { what: 'before a policy.since', effect: 'set aside, at the price of more evidence, for' },
  unreadable: {
    what: 'with lines that are lost or cannot be read',
    effect: 'their failures count, and they never count as clean, for',
  },
};

const most = ({ targets }: Report, of: (blocks: NonNullable<Report['targets'][number]['blocks']>) => number): number =>
  Math.max(0, ...targets.map(({ blocks }) => (blocks === null ? 0 : of(blocks))));

/** Judged as it is declared now. */
function declaredOtherwise(
  { analysis, gatheredAsEphemeral }: GatheredPlace,
  { name, ephemeral, declared }: Candidate,
): readonly Remark[] {
  if (declared === null || ephemeral === gatheredAsEphemeral) return [];
  return [
    {
      context: name,
      what: `gathered as ${said(gatheredAsEphemeral)} (vantage ${analysis.context.vantage})`,
      effect: `judged as ${said(ephemeral)}, as it is declared now`,
      runs: analysis.runs.length,
    },
  ];
}

const said = (ephemeral: boolean): string => (ephemeral ? 'ephemeral' : 'stable');
