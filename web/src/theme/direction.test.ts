/** The layout holds in both directions of writing: no style names a left or a right. */
import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

/** Sides by name; and boxes of four values, whose second and fourth differ. */
const SIDES =
  /(?:margin|padding|border|scroll-margin)-(?:left|right)\b|^\s*(?:left|right)\s*:|(?:text-align|float|clear):\s*(?:left|right)\b|inset -?\d+px 0 0|translateX\(-?\d/gmu;

const BOX = /^ *(margin|padding|inset|border-width|border-radius): (\S+) (\S+) (\S+) (\S+);$/gmu;

/** Corners go around from the first, sides from the top. */
function isSided([, name, a, b, c, d]: RegExpExecArray): boolean {
  return name === "border-radius" ? a !== b || c !== d : b !== d;
}

/** As `style` attributes have them. */
const INLINE = /\b(?:left|right|marginLeft|marginRight|paddingLeft|paddingRight|textAlign): (?:`|"|percent)/gu;

function found(file: string): string[] {
  const text = readFileSync(file, "utf8");
  if (file.endsWith(".css")) {
    const sided = [...text.matchAll(BOX)].filter(isSided);
    return [...text.matchAll(SIDES), ...sided].map((one) => one[0].trim());
  }
  return [...text.matchAll(INLINE)].map((one) => one[0]);
}

const FILES = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(?:css|tsx)$/u.test(name))
  .map((name) => `src/${name}`);

describe("a style", () => {
  it.each(FILES)("names no side in %s", (file) => {
    expect(found(file)).toEqual([]);
  });
});
