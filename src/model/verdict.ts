/** From best to worst: a whole is as good as its worst part. */
export const VERDICTS = ['pass', 'warn', 'inconclusive', 'fail'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The worst of some verdicts; `inconclusive` of none, since nothing observed is never a pass. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const rank = Math.max(-1, ...verdicts.map((verdict) => VERDICTS.indexOf(verdict)));
  return VERDICTS[rank] ?? 'inconclusive';
}

export const EXIT = { ok: 0, fail: 1, usage: 2, inconclusive: 3, defect: 70, sigint: 130, sigterm: 143 } as const;

/** The exit code that a verdict alone leads to; `warnBlocks` is `policy.warn: blocks`. */
export function exitCodeOf(verdict: Verdict, warnBlocks: boolean): number {
  switch (verdict) {
    case 'pass':
      return EXIT.ok;
    case 'warn':
      return warnBlocks ? EXIT.fail : EXIT.ok;
    case 'inconclusive':
      return EXIT.inconclusive;
    case 'fail':
      return EXIT.fail;
    default:
      return verdict satisfies never;
  }
}
