import { describe, expect, it } from "vitest";

import { bytes, exact, short } from "./figures.ts";

describe("a measure", () => {
  it.each([
    [0, "0"],
    [874, "874"],
    [874.06, "874"],
    [4.127, "4.13"],
    [0.0448, "0.0448"],
    [-12, "−12"],
    [1_284, "1\u202F284"],
    [9_999.7, "10k"],
    [12_845, "12.8k"],
    [999_900, "1M"],
    [3_200_000, "3.2M"],
    [5e9, "5G"],
    [0.1 + 0.2, "0.3"],
    [0.00005, "5e−5"],
    [2.5e18, "2.5e18"],
  ])("%d is %s", (value, text) => {
    expect(short(value)).toBe(text);
  });

  it("is exact where it is a limit", () => {
    expect(exact(12_345)).toBe("12.345k");
    expect(exact(99.95)).toBe("99.95");
    expect(exact(1_250.5)).toBe("1\u202F250.5");
  });
});

it("says that bytes are binary", () => {
  expect([bytes(0), bytes(524_288), bytes(2_000_000), bytes(512 * 1_024 ** 2), bytes(3 * 1_024 ** 4)]).toEqual([
    "0\u00A0B", "512\u00A0KiB", "1.91\u00A0MiB", "512\u00A0MiB", "3\u00A0TiB",
  ]);
});
