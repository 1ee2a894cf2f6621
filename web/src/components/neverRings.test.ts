import { expect, it } from "vitest";

import type { Channel } from "../api/me.ts";
import { deadRules, isDead } from "./neverRings.ts";

const channel = (name: string, set_up: boolean): Channel => ({
  name,
  set_up,
  label: name,
  docs: "",
  fields: [],
  person: true,
  endpoint: false,
});

it("counts the rules whose channel is not set up here", () => {
  const channels = [channel("email", false), channel("ntfy", true)];
  const methods = [
    { id: "cm_1", name: "mail", channel: "email", settings: {} },
    { id: "cm_2", name: "phone", channel: "ntfy", settings: {} },
  ];
  const rules = {
    high: [
      { after_s: 0, method: "cm_1" },
      { after_s: 60, method: "cm_2" },
    ],
    low: [{ after_s: 0, method: "cm_1" }],
  };
  expect(deadRules({ methods, rules }, channels)).toBe(2);
  // How to reach somebody else is their own affair.
  expect(deadRules({ methods: null, rules: null }, channels)).toBe(0);
  expect(isDead({ channel: "a newer one" }, channels)).toBe(false);
});
