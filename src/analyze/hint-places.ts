import type { RunOfTarget, Seen, TargetAnalysis } from '../model/analysis.ts';
import { type Blocks, indexBlocks } from './blocks.ts';
import { FAILED, SEEN } from './distinct.ts';
import { fisherExact } from './fisher.ts';
import { type Chance, HINT_LEVEL, type HintQuestion } from './hint.ts';
import type { Counted } from './wilson.ts';

/** Failures at one address or broker, of several. */
export type PlaceHint = Chance & {
  readonly kind: 'resolved' | 'egress' | 'peers';
  readonly value: string;
  /** Over runs the unit is the independent run, since its attempts share their address; one run that is judged alone has only attempts. */
  readonly unit: 'run' | 'attempt';
  /** Units with this place that met a failure, and units with any other that met one. */
  readonly here: Counted;
  readonly elsewhere: Counted;
};

type Place = { readonly value: string; readonly marks: Uint8Array };
type Table = Pick<PlaceHint, 'value' | 'here' | 'elsewhere'>;

/** The place that stands out most. It was picked for that, so that its chance is multiplied by the number of those that could have. */
export function placeHint(
  kind: PlaceHint['kind'],
  analysis: TargetAnalysis<unknown>,
  question: HintQuestion,
): PlaceHint | null {
  const unit = question.scope === 'run' ? 'attempt' : 'run';
  const all = unit === 'attempt' ? ofAttempts(analysis[kind]) : ofRuns(kind, analysis, question);
  if (all.length < 2) return null;
  const tables = all.filter((table) => attainableOf(table) <= HINT_LEVEL);
  // Of two places the other has the same table.
  const picked = all.length === 2 ? 1 : tables.length;
  const [worst] = tables
    .filter(({ here, elsewhere }) => here.count * elsewhere.of > elsewhere.count * here.of)
    .map((table) => ({ ...table, p: Math.min(1, picked * fisherExact(table.here, table.elsewhere)) }))
    .sort((a, b) => a.p - b.p || (a.value < b.value ? -1 : 1));
  if (worst === undefined) return null;
  return { kind, unit, ...worst, attainable: Math.min(...tables.map(attainableOf)) };
}

/** Every failure here. */
function attainableOf({ here, elsewhere }: Table): number {
  const hits = here.count + elsewhere.count;
  const count = Math.min(hits, here.of);
  return fisherExact({ count, of: here.of }, { count: hits - count, of: elsewhere.of });
}

function ofAttempts(places: readonly Seen<string>[]): readonly Table[] {
  const failed = places.reduce((sum, place) => sum + place.failed, 0);
  const made = places.reduce((sum, place) => sum + place.failed + place.succeeded, 0);
  return places.map((place) => {
    const of = place.failed + place.succeeded;
    return {
      value: place.value,
      here: { count: place.failed, of },
      elsewhere: { count: failed - place.failed, of: made - of },
    };
  });
}

function ofRuns(kind: PlaceHint['kind'], analysis: TargetAnalysis<unknown>, question: HintQuestion): readonly Table[] {
  const places =
    kind === 'egress' ? leftFrom(analysis.runs) : analysis[kind].map(({ value, inRuns }) => ({ value, marks: inRuns }));
  return tablesOf(places, indexBlocks(analysis.runs, question));
}

/** A target that refuses an address does not tell which: what any target of the run has seen is taken for all of them. */
function leftFrom(runs: readonly RunOfTarget[]): readonly Place[] {
  const places = new Map<string, Uint8Array>();
  runs.forEach(({ egress, failed, succeeded }, run) => {
    if (failed + succeeded === 0) return;
    for (const address of egress) {
      const marks = places.get(address) ?? new Uint8Array(runs.length);
      marks[run] = SEEN | (failed > 0 ? FAILED : 0);
      places.set(address, marks);
    }
  });
  return [...places].map(([value, marks]) => ({ value, marks }));
}

function tablesOf(places: readonly Place[], blocks: Blocks): readonly Table[] {
  const inBlocks = places.map(({ marks }) => foldMarks(marks, blocks));
  const seen = totals(inBlocks, blocks.count, SEEN);
  const failed = totals(inBlocks, blocks.count, FAILED);
  return places.map(({ value }, index) => {
    const [here, elsewhere] = [
      { count: 0, of: 0 },
      { count: 0, of: 0 },
    ];
    inBlocks[index]?.forEach((mark, block) => {
      const [isSeen, isFailed] = [mark & SEEN, (mark & FAILED) / FAILED];
      here.of += isSeen;
      here.count += isFailed;
      if ((seen[block] ?? 0) > isSeen) elsewhere.of += 1;
      if ((failed[block] ?? 0) > isFailed) elsewhere.count += 1;
    });
    return { value, here, elsewhere };
  });
}

function foldMarks(inRuns: Uint8Array, { of, count }: Blocks): Uint8Array {
  const marks = new Uint8Array(count);
  inRuns.forEach((mark, run) => {
    const block = of[run] ?? 0;
    marks[block] = (marks[block] ?? 0) | mark;
  });
  return marks;
}

/** In each block, how many places bear the mark. */
function totals(places: readonly Uint8Array[], blocks: number, bit: number): Uint16Array {
  const sums = new Uint16Array(blocks);
  for (const marks of places) {
    marks.forEach((mark, block) => {
      if ((mark & bit) !== 0) sums[block] = (sums[block] ?? 0) + 1;
    });
  }
  return sums;
}
