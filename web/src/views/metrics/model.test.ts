import { describe, expect, it } from "vitest";

import { asked, read, searchPatterns, write } from "./model.ts";

describe("the address", () => {
  it("holds all of it", () => {
    const all = { targets: ["a.b", 'timeShift(a,"1d")'], span: "7d", compares: true };
    expect(read(write(all))).toEqual(all);
    expect(write({ targets: [], span: "1h", compares: false }).toString()).toBe("");
  });
  it("asks for last week behind the targets", () => {
    expect(asked({ targets: ["a", " "], span: "1h", compares: true })).toEqual(["a", 'timeShift(a,"7d")']);
  });
});

describe("the search in the tree", () => {
  it("looks for a part of a name in the first levels", () => {
    expect(searchPatterns("lat")[2]).toBe("*.*.*lat*");
    expect(searchPatterns("shop.l")).toEqual(["shop.l*"]);
    expect(searchPatterns(" ")).toEqual([]);
  });
});
