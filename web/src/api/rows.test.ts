import { describe, expect, it } from "vitest";

import { incident } from "../test/incident.ts";
import { flatten, renewed } from "./rows.ts";

const page = (ids: readonly string[], next: string | null = null) => ({
  items: ids.map((id) => incident({ id })),
  next,
});
const idsOf = ({ items }: { items: readonly { id: string }[] }) => items.map(({ id }) => id);

describe("a page that is asked for anew", () => {
  it("has what is new, and keeps what that pushed off its end", () => {
    const now = renewed(page(["5", "4", "3"], "3"), page(["7", "6", "5"], "5"));
    expect(idsOf(now)).toEqual(["7", "6", "5", "4", "3"]);
    expect(now.next).toBe("3");
  });

  it("forgets what is gone", () => {
    expect(idsOf(renewed(page(["5", "4", "3"], "3"), page(["5", "3", "2"], "2")))).toEqual(["5", "3", "2"]);
    expect(idsOf(renewed(page(["5", "4", "3"]), page(["5"])))).toEqual(["5"]);
    expect(idsOf(renewed(page(["5"]), page([])))).toEqual([]);
  });
});

describe("the rows of all pages", () => {
  it("have each incident once", () => {
    const rows = { pages: [page(["5", "4", "3"], "3"), page(["3", "2"])], pageParams: [null, "3"] };
    expect(flatten(rows).map(({ id }) => id)).toEqual(["5", "4", "3", "2"]);
    expect(flatten(undefined)).toEqual([]);
  });
});
