/** How far back charts of metrics look. */
export const SPANS = [
  { word: "1h", seconds: 3_600 },
  { word: "6h", seconds: 21_600 },
  { word: "24h", seconds: 86_400 },
  { word: "7d", seconds: 604_800 },
  { word: "30d", seconds: 2_592_000 },
] as const;

/** The span of a word in an address, or else another. */
export function spanOf(word: string | null, otherwise: number): number {
  return SPANS.find((one) => one.word === word)?.seconds ?? otherwise;
}
