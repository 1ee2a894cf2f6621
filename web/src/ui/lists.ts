/** Lists that people order. Pure. */

/** A list with one thing a place further up or down. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) {
    next.splice(from + by, 0, one);
  }
  return next;
}

/** A key that no thing of the list has, to tell them apart while they move. */
export function freshKey(list: readonly { key: number }[]): number {
  return Math.max(0, ...list.map((one) => one.key)) + 1;
}
