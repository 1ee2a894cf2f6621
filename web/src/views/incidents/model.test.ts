import { describe, expect, it } from "vitest";

import type { Me } from "../../api/types.ts";
import { incident } from "../../test/incident.ts";
import { type Filter, group, medianTook, neighbour, passes, readFilter, writeFilter } from "./model.ts";

const me = { id: "usr_me", teams: [{ team: "tea_1", role: "member" }] } as unknown as Me["user"];
const NONE: Filter = { mine: false, teams: false, bad: false, service: "", q: "" };

describe("the filter", () => {
  it("stands in the address and leaves the rest of it alone", () => {
    const query = writeFilter(new URLSearchParams("at=7"), { mine: true, q: "p99" });
    expect(query.toString()).toBe("at=7&mine=1&q=p99");
    expect(readFilter(query)).toEqual({ ...NONE, mine: true, q: "p99" });
    expect(writeFilter(query, { mine: false, q: "" }).toString()).toBe("at=7");
  });

  it.each<[Partial<Filter>, Parameters<typeof incident>[0], boolean]>([
    [{}, {}, true],
    [{ mine: true }, {}, false],
    [{ mine: true }, { owner: { id: "usr_me", name: "Me" } }, true],
    [{ teams: true }, {}, true],
    [{ teams: true }, { team: { id: "tea_2", name: "Search" } }, false],
    [{ bad: true }, { severity: "major" }, true],
    [{ bad: true }, { severity: "moderate" }, false],
    [{ service: "svc_2" }, {}, false],
    [{ q: "CHECKOUT latency" }, {}, true],
    [{ q: "inc-2481" }, {}, true],
    [{ q: "checkout cart" }, {}, false],
  ])("%o over %o lets through: %s", (filter, change, expected) => {
    expect(passes({ ...NONE, ...filter }, me, incident(change))).toBe(expected);
  });
});

describe("the groups", () => {
  it("have the worst first, then the longest wait; what is over by its end", () => {
    const open = [
      incident({ id: "new", opened_at: "2026-11-21T03:00:00Z" }),
      incident({ id: "old", opened_at: "2026-11-21T01:00:00Z" }),
      incident({ id: "bad", severity: "critical", opened_at: "2026-11-21T04:00:00Z" }),
      incident({ id: "mine", state: "acknowledged" }),
      incident({ id: "both", state: "resolved", resolved_at: "2026-11-21T05:00:00Z" }),
    ];
    const over = [
      incident({ id: "first", state: "resolved", resolved_at: "2026-11-21T04:00:00Z" }),
      incident({ id: "both", state: "resolved", resolved_at: "2026-11-21T05:00:00Z" }),
    ];
    const { triggered, acknowledged, resolved } = group(open, over);
    expect([triggered, acknowledged, resolved].map((rows) => rows.map((row) => row.id))).toEqual([
      ["bad", "old", "new"],
      ["mine"],
      ["both", "first"],
    ]);
  });

  it("say how long they took in the middle", () => {
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
