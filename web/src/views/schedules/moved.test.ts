import { expect, it } from "vitest";

import { changes } from "./moved.ts";

it("adds up what each person gains and loses, the first concerned first", () => {
  const ana = { id: "ana", name: "Ana" };
  const ben = { id: "ben", name: "Ben" };
  const hour = (n: number) => `2026-11-21T${String(n).padStart(2, "0")}:00:00Z`;
  expect(
    changes([
      { user: ben, from: hour(3), to: hour(5), change: "gains" },
      { user: ana, from: hour(1), to: hour(2), change: "loses" },
      { user: ben, from: hour(8), to: hour(9), change: "gains" },
      { user: ben, from: hour(9), to: hour(10), change: "loses" },
    ]),
  ).toEqual([
    { user: ana, gainsMs: 0, losesMs: 3_600_000, first: Date.parse(hour(1)) },
    { user: ben, gainsMs: 10_800_000, losesMs: 3_600_000, first: Date.parse(hour(3)) },
  ]);
  expect(changes([])).toEqual([]);
});
