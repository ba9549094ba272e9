/** Which numbers were seen, as ranges: attempts are numbered in order, so that there is one range and memory stays constant. */
export type Numbers = {
  /** False where it was there already. */
  add(n: number): boolean;
};

export function createNumbers(): Numbers {
  const ranges: [from: number, to: number][] = [];
  return {
    add(n) {
      const at = ranges.findLastIndex(([from]) => from <= n);
      const before = ranges[at];
      if (before !== undefined && n <= before[1]) return false;
      const after = ranges[at + 1];
      const touchesBefore = before !== undefined && before[1] + 1 === n;
      const touchesAfter = after !== undefined && after[0] - 1 === n;
      if (touchesBefore && touchesAfter) {
        before[1] = after[1];
        ranges.splice(at + 1, 1);
      } else if (touchesBefore) before[1] = n;
      else if (touchesAfter) after[0] = n;
      else ranges.splice(at + 1, 0, [n, n]);
      return true;
    },
  };
}
