import { describe, expect, it } from "vitest";

import type { Policy, RecordEntry } from "../../api/types.ts";
import { delivery, detail, page } from "../../test/incident.ts";
import { coming, counts, fold, outcomes, told, track } from "./model.ts";

const at = (clock: string) => `2026-11-21T${clock}Z`;
const ms = (clock: string) => Date.parse(at(clock));

function entry(seq: number, kind: string, change: Partial<RecordEntry> = {}): RecordEntry {
  return {
    id: `inc_1/${seq}`,
    stream: "inc_1",
    seq,
    at: at("02:11:40"),
    kind,
    actor: { kind: "system", id: null, name: null },
    via: null,
    text: kind,
    why: null,
    quote: null,
    from: null,
    page: null,
    delivery: null,
    alert: null,
    next_at: null,
    erased: false,
    hash: "",
    ...change,
  };
}

function attempt(number: number, outcome: string) {
  return {
    number,
    claimed_at: at("02:11:41"),
    finished_at: at("02:11:42"),
    outcome,
    reason: null,
    text: "",
    detail: null,
    retry_at: null,
    possible_duplicate: false,
    others: 0,
    message: null,
  };
}

describe("who was told", () => {
  it("stands by recipient, with each reason once", () => {
    const pages = [
      page("Jonas", { deliveries: [delivery({ id: "late", due_at: at("02:12:40") }), delivery({ id: "now" })] }),
      page("Sofia", { step: 2, why: "Step 2 pages Sofia." }),
      page("Jonas", { cycle: 2, deliveries: [delivery({ id: "again", due_at: at("02:21:40"), state: "sent" })] }),
    ];
    const list = told({ pages, record: [], responders: [] });
    expect(list.map((one) => one.name)).toEqual(["Jonas", "Sofia"]);
    expect(list[0]?.why).toEqual(["Step 1: on call in Payments."]);
    expect(list[0]?.deliveries.map((one) => one.id)).toEqual(["now", "late", "again"]);
    expect(counts(list)).toEqual({ messages: 1, people: 1 });
  });

  it("says why somebody was not, once", () => {
    const pages = [page("Sofia", { id: "p1", deliveries: [] }), page("Sofia", { id: "p2", deliveries: [] }), page("Jonas", { id: "p3", deliveries: [delivery()] })];
    const record = pages.map(({ id }, seq) => entry(seq, "paged", { page: id, text: "Sofia is paused." }));
    expect(told({ pages, record, responders: [] }).map((one) => one.untold)).toEqual([["Sofia is paused."], []]);
  });
});

describe("the escalation track", () => {
  const policy: Policy = {
    id: "pol_1",
    version: 3,
    team: "tea_1",
    name: "Payments",
    repeat: 1,
    steps: [
      { targets: [], escalate_after_s: 600 },
      { targets: [], escalate_after_s: 300 },
    ],
  };
  const incident = detail({
    policy: { id: "pol_1", name: "Payments", version: 3 },
    pages: [page("Jonas"), page("Room", { recipient: { kind: "endpoint", id: "e", name: "Room" } })],
    next: { at: at("02:21:40"), step: 2, targets: ["Sofia Lindqvist"] },
  });

  it("goes from what was done over now to what is planned", () => {
    const found = track(incident, policy, ms("02:15:00"));
    expect(found?.marks.map((mark) => [mark.kind, mark.step, mark.who.join("+"), new Date(mark.at).toISOString().slice(11, 19)])).toEqual([
      ["done", 1, "Jonas", "02:11:40"],
      ["planned", 2, "Sofia Lindqvist", "02:21:40"],
      ["repeat", 1, "", "02:26:40"],
    ]);
    const places = found?.marks.map((mark) => mark.place) ?? [];
    expect(places[0]).toBe(0);
    expect(found?.now).toBeGreaterThan(0);
    expect(found?.now).toBeLessThan(places[1] ?? 0);
    expect(places.at(-1)).toBeLessThan(1);
  });

  it("names whom a step told, and not who was paused", () => {
    const paused = page("Jonas", { id: "p1" });
    const found = (pages: ReturnType<typeof page>[]) => track(detail({ pages }), undefined, ms("02:15:00"))?.marks[0];
    expect(found([paused, page("Sofia", { id: "p2", deliveries: [delivery()] })])).toMatchObject({ who: ["Sofia"], isUntold: false });
    expect(found([paused])).toMatchObject({ who: ["Jonas"], isUntold: true });
  });

  it("ends when the policy was climbed often enough", () => {
    const again = detail({ ...incident, pages: [page("Jonas"), page("Sofia", { cycle: 2 })] });
    expect(track(again, policy, ms("02:15:00"))?.marks.at(-1)?.kind).toBe("end");
  });

  it("does not guess by another version of the policy", () => {
    expect(track(incident, { ...policy, version: 4 }, ms("02:15:00"))?.marks).toHaveLength(2);
  });

  it("is not there when nobody is told by steps", () => {
    expect(track(detail(), undefined, ms("02:15:00"))).toBeUndefined();
  });
});

describe("the record", () => {
  const incident = detail({
    pages: [
      page("Jonas", {
        deliveries: [
          delivery({ id: "mail", attempts: [attempt(1, "retry"), attempt(2, "accepted")] }),
          delivery({ id: "push", attempts: [attempt(1, "accepted")] }),
          delivery({ id: "hook", attempts: [attempt(1, "accepted")] }),
        ],
      }),
    ],
    record: [
      entry(1, "opened"),
      entry(2, "attempted", { delivery: "mail" }),
      entry(3, "attempted", { delivery: "push" }),
      entry(4, "attempted", { delivery: "mail" }),
      entry(5, "attempted", { delivery: "hook" }),
      entry(6, "noted"),
    ],
  });

  it("folds a run of receipts, and never a failure", () => {
    const known = outcomes(incident);
    expect([...known.values()]).toEqual(["retry", "accepted", "accepted", "accepted"]);
    const lines = fold(incident.record, known);
    expect(lines.map((line) => (line.kind === "entry" ? line.entry.seq : line.entries.map((one) => one.seq)))).toEqual([
      1, 2, [3, 4, 5], 6,
    ]);
  });

  it("leaves a single receipt as it is", () => {
    const lines = fold(incident.record.slice(0, 3), outcomes(incident));
    expect(lines.every((line) => line.kind === "entry")).toBe(true);
  });
});

describe("what comes next", () => {
  const planned = page("Jonas", { deliveries: [delivery({ due_at: at("02:12:40"), channel_label: "Webhook" })] });
  const next = { at: at("02:21:40"), step: 2, targets: ["Sofia"] };

  it("is whatever comes first", () => {
    expect(coming(detail({ pages: [planned], next }))).toEqual({
      kind: "message",
      at: ms("02:12:40"),
      who: "Jonas",
      channel: "Webhook",
      asks: false,
    });
    expect(coming(detail({ next }))?.kind).toBe("step");
    expect(coming(detail({ next: { ...next, targets: [] } }))?.kind).toBe("end");
  });

  it("is nothing once somebody has it, but for who is asked to help", () => {
    const had = { state: "acknowledged" as const, pages: [planned], next };
    expect(coming(detail(had))).toBeUndefined();
    const responders = [{ user: planned.recipient, by: { kind: "user" }, asked_at: planned.at, told: true }];
    const pages = [{ ...planned, step: null }];
    expect(coming(detail({ ...had, pages, responders }))).toMatchObject({ who: "Jonas", asks: true });
    expect(told({ pages, responders, record: [] })[0]?.asking.size).toBe(1);
  });
});
