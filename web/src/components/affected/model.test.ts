import { expect, it } from "vitest";

import { pick } from "./model.ts";

it("says eight things and how many more, and nine as they are", () => {
  const many = Array.from({ length: 12 }, (_, n) => n);
  expect(pick(many)).toEqual({ shown: [0, 1, 2, 3, 4, 5, 6, 7], more: 4 });
  expect(pick(many.slice(0, 9)).more).toBe(0);
  expect(pick([])).toEqual({ shown: [], more: 0 });
});
