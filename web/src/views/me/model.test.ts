import { describe, expect, it } from "vitest";

import type { Method } from "../../api/me.ts";
import type { User } from "../../api/types.ts";
import {
  browserOf,
  draftOfExtras,
  draftOfRules,
  faultsOf,
  isAgainWrong,
  newRule,
  rulesOfDraft,
  rungsOf,
  secondsOf,
  withMethod,
  withoutMethod,
  withRules,
} from "./model.ts";

const method = (id: string): Method => ({ id, name: id, channel: "email", settings: { address: `${id}@example.com` } });
const mail = method("cm_1");
const push = method("cm_2");

const QUIET = { zone: "Europe/Berlin", windows: [{ days: ["mon" as const], from: "22:00:00", to: "07:00:00" }] };

function person(rules: NonNullable<User["rules"]>): User {
  return {
    id: "usr_1", version: 1, name: "Marta", email: "m@example.com", zone: "UTC", active: true, monthly_test: true, teams: [],
    methods: [mail, push], rules,
  };
}

describe("what rings", () => {
  it("goes by the rules, in order of time", () => {
    const rules = { high: [{ after_s: 300, method: "cm_1" }, { after_s: 0, method: "cm_2" }, { after_s: 300, method: "cm_2" }], low: [] };
    expect(rungsOf(person(rules), "high")).toEqual([
      { afterS: 0, methods: [push] },
      { afterS: 300, methods: [mail, push] },
    ]);
  });

  it("is everything at once, or the first, without a usable rule", () => {
    const rules = { high: [{ after_s: 60, method: "cm_gone" }], low: [] };
    expect(rungsOf(person(rules), "high")).toEqual([{ afterS: 0, methods: [mail, push] }]);
    expect(rungsOf(person(rules), "low")).toEqual([{ afterS: 0, methods: [mail] }]);
    expect(rungsOf({ ...person(rules), methods: [] }, "high")).toEqual([]);
  });
});

describe("a rule", () => {
  it("has a delay, a method, and tells something new", () => {
    const rules = [newRule("cm_1", "0"), newRule("cm_1", "0,0"), newRule("cm_9", "1"), newRule("cm_2", "soon"), newRule("cm_1", "2.5")];
    expect(faultsOf(rules, [mail, push])).toEqual([undefined, "twice", "method", "delay", undefined]);
  });

  it("is typed in minutes and saved in order of time", () => {
    expect(["0", " 1,5 ", "", "-1", "99999"].map(secondsOf)).toEqual([0, 90, undefined, undefined, undefined]);
    expect(rulesOfDraft([newRule("cm_1", "5"), newRule("cm_2", "0")])).toEqual([
      { after_s: 0, method: "cm_2" },
      { after_s: 300, method: "cm_1" },
    ]);
  });
});

describe("what holds for all rules", () => {
  const high = [{ after_s: 0, method: "cm_1" }];
  const set = person({ high, low: [], repeat_high_s: 90, repeat_low_s: 3_600, quiet_hours: QUIET });

  it("comes back as it was, and leaves the other urgency alone", () => {
    expect(withRules(set, "high", draftOfRules(set, "high"), draftOfExtras(set, "high"))).toEqual(set.rules);
    expect(withRules(set, "low", draftOfRules(set, "low"), draftOfExtras(set, "low"))).toEqual(set.rules);
    expect(withRules(set, "low", [], { again: " ", quiet: undefined })).toEqual({
      high, low: [], repeat_high_s: 90, repeat_low_s: null, quiet_hours: null,
    });
  });

  it("repeats after a minute to a day, or not at all", () => {
    const wrong = (again: string) => isAgainWrong({ again, quiet: undefined });
    expect(["", " ", "1", "1,5", "1440"].filter(wrong)).toEqual([]);
    expect(["0", "0.5", "1441", "soon", "-5"].filter((one) => !wrong(one))).toEqual([]);
  });
});

describe("methods", () => {
  it("are changed in their place, and take their rules with them", () => {
    const renamed = { id: "cm_1", name: "Post", channel: "email", settings: {} };
    expect(withMethod([mail, push], renamed).map((one) => one.name)).toEqual(["Post", "cm_2"]);
    expect(withMethod([mail], { ...renamed, id: null }).map((one) => one.name)).toEqual(["cm_1", "Post"]);
    const more = { repeat_high_s: 300, quiet_hours: QUIET };
    const rules = { high: [{ after_s: 0, method: "cm_1" }, { after_s: 60, method: "cm_2" }], low: [{ after_s: 0, method: "cm_1" }], ...more };
    const left = withoutMethod(person(rules), "cm_1");
    expect(left.methods.map((one) => one.id)).toEqual(["cm_2"]);
    expect(left.rules).toEqual({ high: [{ after_s: 60, method: "cm_2" }], low: [], ...more });
  });
});

it("knows browsers by the words people use", () => {
  expect(browserOf("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36")).toEqual({ browser: "Chrome", system: "Linux" });
  expect(browserOf(null)).toEqual({ browser: "", system: "" });
});
