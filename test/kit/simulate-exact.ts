// What Wald's tests do exactly, by dynamic programming over (trials, failures): the rule once more, written apart from the product's code.

type Decision = 'pass' | 'fail' | null;

export type Test = {
  /** After so many trials, of which so many failed; `adjacent`: two of them one after another. */
  decide(trials: number, failures: number, adjacent: boolean): Decision;
  /** Trials after which one gives up undecided. */
  readonly most: number;
};

export type Outcome = { readonly pass: number; readonly fail: number; readonly trials: number };

const NEGLIGIBLE = 1e-14;

/** The exact chances of each verdict and the mean number of trials, if each trial fails on its own at this rate. */
export function exactly({ decide, most }: Test, rate: number): Outcome {
  const verdicts = { pass: 0, fail: 0 };
  let [trials, expected] = [0, 0];
  let undecided = new Map<string, Place>([['', { failures: 0, last: false, adjacent: false, chance: 1 }]]);
  while (undecided.size > 0 && trials < most) {
    trials += 1;
    const next = new Map<string, Place>();
    for (const place of undecided.values()) {
      expected += place.chance;
      for (const moved of [trialOf(place, false, 1 - rate), trialOf(place, true, rate)]) {
        const decision = decide(trials, moved.failures, moved.adjacent);
        if (decision !== null) verdicts[decision] += moved.chance;
        else if (moved.chance > NEGLIGIBLE) put(next, moved);
      }
    }
    undecided = next;
  }
  return { ...verdicts, trials: expected };
}

type Place = {
  readonly failures: number;
  readonly last: boolean;
  readonly adjacent: boolean;
  readonly chance: number;
};

const trialOf = ({ failures, last, adjacent, chance }: Place, failed: boolean, rate: number): Place => ({
  failures: failures + (failed ? 1 : 0),
  last: failed,
  adjacent: adjacent || (failed && last),
  chance: chance * rate,
});

function put(places: Map<string, Place>, place: Place): void {
  const key = `${place.failures} ${place.last} ${place.adjacent}`;
  places.set(key, { ...place, chance: place.chance + (places.get(key)?.chance ?? 0) });
}

const SLACK = 1e-9;

/** Statistics §4: Wald's test between two rates, both errors at `1 / threshold`. */
export const wald = (p0: number, p1: number, threshold: number): Test => ({
  most: Number.POSITIVE_INFINITY,
  decide(trials, failures) {
    const evidence = failures * Math.log(p0 / p1) + (trials - failures) * Math.log((1 - p0) / (1 - p1));
    if (evidence >= Math.log(threshold) - SLACK) return 'pass';
    return -evidence >= Math.log(threshold) - SLACK ? 'fail' : null;
  },
});

/** Two failures and ten attempts at least before it fails, and an end. */
export const guarded = (test: Test, most: number): Test => ({
  most,
  decide(trials, failures, adjacent) {
    const decision = test.decide(trials, failures, adjacent);
    return decision === 'fail' && (failures < 2 || trials < 10) ? null : decision;
  },
});

/** Failures side by side keep a run from a pass. */
export const refusingBursts = (test: Test): Test => ({
  most: test.most,
  decide(trials, failures, adjacent) {
    const decision = test.decide(trials, failures, adjacent);
    return decision === 'pass' && adjacent ? null : decision;
  },
});

/** Statistics 1.4: the rates of one attempt that stand for a share of job runs with so many connections. */
export const ratesOf = (share: number, connections: number): { readonly p0: number; readonly p1: number } => ({
  p0: 1 - (1 - share / 10) ** (1 / connections),
  p1: 1 - (1 - share) ** (1 / connections),
});

/** Statistics 1.1 over runs that are bad or clean as a whole, looked at after each. */
export const overRuns = (share: number, most: number): Test => {
  const accepted = share / 10;
  const slope = (share - accepted) / (accepted * (1 - accepted));
  const pass = (score: number) => Math.log(1 + (0.9 * (share - score)) / (1 - share));
  const fail = (score: number) => Math.log(1 + slope * (score - accepted));
  return {
    most,
    decide(runs, bad) {
      const forFail = (runs - bad) * fail(0) + bad * fail(1);
      if (forFail >= Math.log(20) - SLACK && bad >= 2 && bad / runs >= share) return 'fail';
      const forPass = (runs - bad) * pass(0) + bad * pass(1);
      return forPass >= Math.log(20) - SLACK ? 'pass' : null;
    },
  };
};
