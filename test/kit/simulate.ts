// Contexts whose true state is known, drawn with a seed: how often the attempts of a run fail, and how these failures hang together.

/** A number from 0 to below 1. */
export type Random = () => number;

/** sfc32, a published generator with 128 bits of state: the same seed draws the same contexts again. */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [0, seed | 0, 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first outputs of neighbouring seeds resemble each other.
  for (let skipped = 0; skipped < 15; skipped += 1) next();
  return next;
}

/** How a context truly is. */
export type State = {
  readonly name: string;
  /** Begins a run; each call then makes its next attempt and says whether it fails. */
  begin(random: Random): () => boolean;
};

const never = () => false;

export const clean: State = { name: 'clean', begin: () => never };

/** Each attempt fails on its own. */
export const independent = (rate: number): State => ({
  name: `${shareText(rate)} of attempts fail`,
  begin: (random) => () => random() < rate,
});

/** A share of the runs is bad, and in these so many of the attempts fail; attempts of the other runs fail on their own. */
export const badRuns = (share: number, within = 1, otherwise = 0): State => ({
  name: `${shareText(share)} of runs fail ${shareText(within)} of attempts${otherwise === 0 ? '' : `, the others ${shareText(otherwise)}`}`,
  begin(random) {
    const rate = random() < share ? within : otherwise;
    return () => random() < rate;
  },
});

/** In a share of the runs the first attempt fails, and no other. */
export const firstOnly = (share: number): State => ({
  name: `the first attempt alone fails in ${shareText(share)} of runs`,
  begin(random) {
    let fails = random() < share;
    return () => {
      const failed = fails;
      fails = false;
      return failed;
    };
  },
});

/** The target is down for a share of the time, in bursts of so many attempts on average; a run begins at any moment of this. */
export const bursts = (share: number, meanLength: number): State => ({
  name: `down for ${shareText(share)} of the time, ${meanLength} attempts long`,
  begin(random) {
    const ends = 1 / meanLength;
    const begins = (ends * share) / (1 - share);
    let down: boolean | null = null;
    return () => {
      if (down === null) down = random() < share;
      else down = down ? random() >= ends : random() < begins;
      return down;
    };
  },
});

const shareText = (share: number): string => `${Number((share * 100).toFixed(3))} %`;
