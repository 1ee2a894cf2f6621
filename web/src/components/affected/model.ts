/** How much is said at once: what does not fit on a phone is not read. */
const MOST = 8;

/** The first of what happens, and how much more there is; a single one more is not worth a line. */
export function pick<T>(items: readonly T[]): { shown: readonly T[]; more: number } {
  const count = items.length > MOST + 1 ? MOST : items.length;
  return { shown: items.slice(0, count), more: items.length - count };
}
