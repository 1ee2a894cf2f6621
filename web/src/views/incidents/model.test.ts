import { describe, expect, it } from "vitest";

import { incident } from "../../test/incident.ts";
import {
  endedAt,
  type Filter,
  filterOf,
  isFiltered,
  isSameFilter,
  mayShow,
  medianTook,
  neighbour,
  NONE,
  readFilter,
  readGrouping,
  savedOf,
  selectionOf,
  urgent,
  writeFilter,
} from "./model.ts";

const NOW = Date.parse("2026-11-21T12:03:20Z");

describe("the filter", () => {
  it("stands in the address and leaves the rest of it alone", () => {
    const query = writeFilter(new URLSearchParams("at=7"), { owner: "me", severity: ["critical", "major"], q: "p99" });
    expect(query.toString()).toBe("at=7&owner=me&severity=critical%2Cmajor&q=p99");
    expect(readFilter(query)).toEqual({ ...NONE, owner: "me", severity: ["critical", "major"], q: "p99" });
    expect(writeFilter(query, { owner: "", severity: [], q: "" }).toString()).toBe("at=7");
  });

  it("does not narrow by what it does not know", () => {
    expect(readFilter(new URLSearchParams("within=ever&at=7"))).toEqual(NONE);
    expect(readGrouping(new URLSearchParams("group=colour"))).toBe("state");
    expect(isFiltered(NONE)).toBe(false);
    expect(isFiltered({ ...NONE, within: "1h" })).toBe(true);
  });

  it("asks the server for what narrows, and moves on in steps", () => {
    const filter: Filter = { ...NONE, service: ["svc_1"], within: "1h" };
    expect(selectionOf(filter, NOW)).toEqual({ service: ["svc_1"], since: "2026-11-21T11:00:00.000Z" });
    expect(selectionOf(filter, NOW + 60_000)).toEqual(selectionOf(filter, NOW));
    expect(selectionOf(NONE, NOW)).toEqual({});
  });

  it("is saved and used again, without what moves with the clock", () => {
    const filter: Filter = { ...NONE, state: ["triggered"], team: ["tea_2", "tea_1"], owner: "me", within: "24h" };
    expect(filterOf(savedOf(filter))).toEqual({ ...filter, within: "" });
    expect(filterOf({})).toEqual(NONE);
    expect(isSameFilter(filter, { ...filter, team: ["tea_1", "tea_2"] })).toBe(true);
    expect(isSameFilter(filter, { ...filter, owner: "" })).toBe(false);
  });

  it("says which states can be part of the list", () => {
    expect(mayShow(NONE, "resolved")).toBe(true);
    expect(mayShow({ ...NONE, state: ["triggered"] }, "resolved")).toBe(false);
  });
});

describe("the order", () => {
  it("has the worst first, then the longest wait", () => {
    const rows = [
      incident({ id: "new", opened_at: "2026-11-21T03:00:00Z" }),
      incident({ id: "old", opened_at: "2026-11-21T01:00:00Z" }),
      incident({ id: "bad", severity: "critical", opened_at: "2026-11-21T04:00:00Z" }),
    ];
    expect(rows.sort(urgent).map((row) => row.id)).toEqual(["bad", "old", "new"]);
  });

  it("knows when it was over", () => {
    const over = incident({ resolved_at: "2026-11-21T05:00:00Z" });
    expect(endedAt(over)).toBe(Date.parse("2026-11-21T05:00:00Z"));
    expect(endedAt(incident())).toBe(Date.parse("2026-11-21T02:11:40Z"));
  });

  it("says how long they took in the middle", () => {
    const took = (minutes: number) =>
      incident({ resolved_at: new Date(Date.parse("2026-11-21T02:11:40Z") + minutes * 60_000).toISOString() });
    expect(medianTook([took(9), took(1), took(3)])).toBe(180_000);
    expect(medianTook([])).toBeUndefined();
  });
});

describe("moving by keys", () => {
  it("stops at the ends and begins at the top", () => {
    const ids = ["a", "b", "c"];
    expect(neighbour(ids, undefined, 1)).toBe("a");
    expect(neighbour(ids, "gone", -1)).toBe("a");
    expect(neighbour(ids, "a", 1)).toBe("b");
    expect(neighbour(ids, "c", 1)).toBe("c");
    expect(neighbour(ids, "a", -1)).toBe("a");
    expect(neighbour([], "a", 1)).toBeUndefined();
  });
});
