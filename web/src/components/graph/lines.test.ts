import { describe, expect, it } from "vitest";

import { aligned, csv, figures, type Line, reach, spread } from "./lines.ts";

const a: Line = { name: "a", points: [[1, 10], [null, 20], [3, 30]] };
const b: Line = { name: "b", points: [[5, 10], [6, 40]] };

describe("lines", () => {
  it("share their times; where one has no point it is passed over", () => {
    expect(aligned([a, b])).toEqual({
      times: [10, 20, 30, 40],
      values: [
        [1, undefined, 3, undefined],
        [5, undefined, undefined, 6],
      ],
    });
  });

  it("stand over 0, with the limit", () => {
    const chart = { lines: [a, b], from: 0, to: 1 };
    expect(reach(chart)).toEqual([0, 6]);
    expect(reach({ ...chart, limit: { side: "above", threshold: 9 } })).toEqual([0, 9]);
    expect(reach({ ...chart, lines: [] })).toEqual([0, 1]);
  });

  it("are told in figures", () => {
    expect(figures(a)).toEqual({ last: 3, low: 1, mean: 2, high: 3 });
    expect(figures({ name: "none", points: [[null, 1]] }).last).toBeUndefined();
  });

  it("become a table of times and columns that no spreadsheet runs", () => {
    const odd = { name: '=cmd("x"),y', points: [[7, 20]] } satisfies Line;
    expect(csv([a, odd], "time")).toBe(
      [
        'time,a,"\'=cmd(""x""),y"',
        "1970-01-01T00:00:10.000Z,1,",
        "1970-01-01T00:00:20.000Z,,7",
        "1970-01-01T00:00:30.000Z,3,",
        "",
      ].join("\r\n"),
    );
  });
});

describe("the words at their ends", () => {
  it("keep apart and stay inside", () => {
    expect(spread([50, 52, 10], 16, 0, 100)).toEqual([50, 66, 10]);
    expect(spread([95, 99], 16, 0, 100)).toEqual([84, 100]);
  });
});
