import { describe, expect, it } from "vitest";

import { freshKey, moved } from "./lists.ts";

describe("an ordered list", () => {
  it("moves what is in it", () => {
    expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  });

  it("gives new things a key of their own", () => {
    expect(freshKey([])).toBe(1);
    expect(freshKey([{ key: 4 }, { key: 2 }])).toBe(5);
  });
});
