import { describe, expect, it } from "vitest";

import type { Dashboard, VariableBody } from "../../api/dashboards.ts";
import {
  ALL, bodyOf, choicesOf, choose, chosen, draftOf, emptyDraft, filled, inTargets, inTitles, lacks, newChart, patternsOf, put, refusedBy,
} from "./model.ts";

const host: VariableBody = { name: "host", choices: { find: "servers.*.cpu" }, default: null };
const zone: VariableBody = { name: "zone", choices: { list: ["a", "b"] }, default: "b" };
const disk: VariableBody = { name: "disk", choices: { find: "servers.$host.disk.*" }, default: null };

describe("variables", () => {
  it("are what the address says, or else as they are set", () => {
    expect([...chosen([host, zone], new URLSearchParams("v.host=web1"))]).toEqual([["host", "web1"], ["zone", "b"]]);
    expect([...chosen([host], new URLSearchParams())]).toEqual([["host", ALL]]);
  });
  it("stand in the address only where they are not as usual", () => {
    const some = choose(new URLSearchParams("span=6h"), zone, "a");
    expect(some.toString()).toBe("span=6h&v.zone=a");
    expect(choose(some, zone, "b").toString()).toBe("span=6h");
    expect(choose(new URLSearchParams(), host, ALL).toString()).toBe("");
  });
  it("are put in place whole", () => {
    const values = new Map([["host", "web1"], ["host_2", "web2"]]);
    expect(filled("servers.$host.cpu,$host_2 $other 5$ $7", values)).toBe("servers.web1.cpu,web2 $other 5$ $7");
  });
  it("are an alternative where all of a list are meant, and a word in titles", () => {
    const all = new Map([["host", ALL], ["zone", ALL]]);
    expect([...inTargets([host, zone], all).values()]).toEqual(["*", "{a,b}"]);
    expect(filled("CPU of $host", inTitles(all, "all"))).toBe("CPU of all");
  });
  it("find what stands at the last wildcard", () => {
    expect(choicesOf("servers.*.cpu", ["servers.web10.cpu", "servers.web2.cpu", "servers.web2.cpu"])).toEqual(["web2", "web10"]);
    expect(choicesOf("a.{b,c}.*.d", ["a.b.x.d", "a.c.y.d"])).toEqual(["x", "y"]);
    expect(choicesOf("a.b", ["a.b"])).toEqual(["b"]);
  });
  it("narrow those after them", () => {
    const patterns = patternsOf([host, zone, disk], new Map([["host", "web1"], ["zone", "a"]]));
    expect([...patterns]).toEqual([["host", "servers.*.cpu"], ["disk", "servers.web1.disk.*"]]);
  });
});

describe("a draft", () => {
  const board: Dashboard = {
    id: "dsh_1",
    version: 3,
    team: "tea_1",
    name: "Web",
    description: "",
    variables: [host, zone],
    charts: [{ title: "CPU", targets: ["servers.$host.cpu"], unit: "%", y_min: 0.5, width: 2 }],
    span_s: 7_200,
    refresh_s: null,
  };
  it("goes there and back", () => {
    expect({ id: board.id, version: board.version, ...bodyOf(draftOf(board)) }).toEqual(board);
  });
  it("drops what is blank", () => {
    const draft = { ...draftOf(board), name: " Web " };
    const chart = { ...newChart(draft.charts), title: " T ", targets: [" a.b ", ""], yMin: "x" };
    expect(bodyOf({ ...draft, charts: [chart] })).toMatchObject({
      name: "Web",
      charts: [{ title: "T", targets: ["a.b"], unit: null, y_min: null, width: 1 }],
    });
  });
  it("says what it lacks", () => {
    const draft = emptyDraft("", ["a.b"]);
    expect(lacks(draft)).toBe("name");
    expect(lacks({ ...draft, name: "x" })).toBe("team");
    const ready = { ...draft, name: "x", team: "tea_1" };
    expect(lacks(ready)).toBeUndefined();
    expect(lacks({ ...ready, charts: [newChart([])] })).toBe("title");
    expect(lacks({ ...ready, charts: [{ ...newChart([]), title: "t" }] })).toBe("targets");
  });
});

it("puts a chart where another stands", () => {
  expect(put(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(put(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
});

it("tells which part the server refuses", () => {
  const refused = refusedBy({ name: "taken", "charts[1].title": "blank", "charts[1].targets[0]": "unreadable", "variables[0].name": "odd" });
  expect(refused.own).toEqual({ name: "taken" });
  expect(refused.charts.get(1)).toBe("blank unreadable");
  expect(refused.variables.get(0)).toBe("odd");
});
