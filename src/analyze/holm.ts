/** Holm's adjustment for having looked at several things at once: each value times those that are not smaller, in order, never falling. */
export function holm(values: readonly number[]): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const adjusted = new Array<number>(values.length).fill(1);
  let largest = 0;
  order.forEach(({ value, index }, rank) => {
    largest = Math.max(largest, Math.min(1, value * (values.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}
