import { describe, expect, it } from "vitest";

import { type Entry, isKept, KEPT_MOST, KEPT_MS, outlived, shortened } from "./kept.ts";
import { incidentQuery, openIncidents } from "./incidents.ts";
import { onCallQuery } from "./oncall.ts";
import { rowsQuery, summaryQuery } from "./rows.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z");

function entry(ageMs: number): Entry {
  return { key: ["incident", "inc_1"], data: {}, at: NOW - ageMs };
}

describe("what is kept", () => {
  it("is what was last known of incidents, and who is on call", () => {
    for (const { queryKey } of [openIncidents, incidentQuery("inc_1"), rowsQuery({ state: ["triggered"] }), onCallQuery]) {
      expect([queryKey, isKept(queryKey)]).toEqual([queryKey, true]);
    }
  });

  it("is nothing somebody looked for, and nothing about the person", () => {
    for (const key of [
      rowsQuery({ q: "checkout" }).queryKey,
      rowsQuery({ since: "2026-11-21T00:00:00Z" }).queryKey,
      summaryQuery({}).queryKey,
      ["me"],
      ["sessions"],
      ["tokens"],
      ["outbox"],
      ["config", "users"],
    ]) {
      expect([key, isKept(key)]).toEqual([key, false]);
    }
  });

  it("is the beginning of a long list", () => {
    const { queryKey: key } = rowsQuery({ state: ["resolved"] });
    const pages = [{ items: [], next: "2" }, { items: [], next: null }];
    const { data, at } = shortened({ key, data: { pages, pageParams: [null, "2"] }, at: NOW });
    expect({ data, at }).toEqual({ data: { pages: pages.slice(0, 1), pageParams: [null] }, at: NOW });
  });

  it("goes after a week, and of too much the oldest, but never whose it is", () => {
    const fresh = Array.from({ length: KEPT_MOST + 1 }, (_, index) => [`${index}`, entry(index)] as const);
    const old = ["old", entry(KEPT_MS + 1)] as const;
    const owner = ["me", entry(2 * KEPT_MS)] as const;
    expect(outlived([owner, old, ...fresh], NOW)).toEqual([`${KEPT_MOST}`, "old"]);
    expect(outlived([owner, old], NOW)).toEqual(["old"]);
  });
});
