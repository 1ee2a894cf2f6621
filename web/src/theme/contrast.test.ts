/** The promises of the design language about contrast, held against the tokens themselves. */
import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

const css = readFileSync("src/theme/tokens.css", "utf8");

/** The tokens of a theme. */
function tokens(scheme: "light" | "dark"): Map<string, string> {
  const start = scheme === "light" ? css.indexOf(":root {") : css.indexOf(':root[data-mantine-color-scheme="dark"]');
  const block = css.slice(start, css.indexOf("}", start));
  return new Map([...block.matchAll(/--wb-([\w-]+):\s*(#[0-9A-Fa-f]{6})/gu)].map((one) => [one[1] ?? "", one[2] ?? ""]));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const TEXTS = ["ink", "ink-2", "ink-3", "accent", "triggered", "acked", "resolved"];
const GROUNDS = ["bg", "surface", "raised"];

const PAIRS: readonly (readonly [string, string, number])[] = [
  ...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground, text === "ink" || text === "ink-2" ? 7 : 4.5] as const)),
  ["triggered", "triggered-tint", 4.5],
  ["ink-2", "triggered-tint", 7],
  ["acked", "acked-tint", 4.5],
  ["resolved", "resolved-tint", 4.5],
  ["accent", "accent-tint", 4.5],
  ["nodata", "nodata-tint", 4.5],
  ["ink", "accent-tint", 7],
  ["on-triggered", "triggered-fill", 4.5],
  ["on-accent", "accent-fill", 4.5],
  ["on-bar", "bar", 4.5],
  ["ink-2", "bar-2", 4.5],
  ...GROUNDS.map((ground) => ["ctl", ground, 3] as const),
  ...["series", "triggered-fill", "resolved", "nodata"].map((line) => [line, "bg", 3] as const),
  ["focus", "bg", 3],
  ["focus", "surface", 3],
];

describe.each(["light", "dark"] as const)("%s", (scheme) => {
  const known = tokens(scheme);
  it.each(PAIRS)("%s on %s is at least %d", (text, ground, least) => {
    expect(ratio(known.get(text) ?? "", known.get(ground) ?? "")).toBeGreaterThanOrEqual(least);
  });
});
