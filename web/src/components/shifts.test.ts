import { describe, expect, it } from "vitest";

import type { Shift } from "../api/types.ts";
import { crewAt, nextTurn, stretches, turnsOf, untilOf, untilOfPerson } from "./shifts.ts";

const HOUR = 3_600_000;

/** `ab 0-8 n` is a shift of `ab` from hour 0 to hour 8; an `o` stands for an override, an `s` for a shadow. */
function shifts(text: string): Shift[] {
  return text.split(", ").map((line) => {
    const [who = "", span = "", kind] = line.split(" ");
    const [from = 0, to = 0] = span.split("-").map((hour) => Number(hour) * HOUR);
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      user: { id: who, name: who },
      duty: kind === "s" ? "shadow" : "act",
      first_come: false,
      why: { rotation: "r", turn: 0, overridden_by: kind === "o" ? "ovr" : null, taken_over: false },
    };
  });
}

/** Stretches as text: who, from, to. */
function told(text: string, to: number): string {
  return stretches(shifts(text), 0, to * HOUR)
    .map((one) => {
      const who = one.people.map((person) => person.id).join("+") || "-";
      return `${who} ${one.from / HOUR}-${one.to / HOUR}${one.isOverride ? " o" : ""}`;
    })
    .join(", ");
}

describe("stretches", () => {
  it.each([
    ["a 0-8, b 8-16", 16, "a 0-8, b 8-16"],
    ["a 0-8, b 10-16", 20, "a 0-8, - 8-10, b 10-16, - 16-20"],
    ["a 0-8, b 4-12", 12, "a 0-4, a+b 4-8, b 8-12"],
    ["a 0-4, b 4-6 o, a 6-8", 8, "a 0-4, b 4-6 o, a 6-8"],
    ["a 0-4, a 4-8", 8, "a 0-8"],
    ["a 0-99", 8, "a 0-8"],
  ])("of %s until %d are %s", (text, to, expected) => {
    expect(told(text, to)).toBe(expected);
  });
});

describe("reading them", () => {
  const list = stretches(shifts("a 0-8, b 8-16, a+ 16-18, a 18-24"), 0, 24 * HOUR);

  it("says until when and who then", () => {
    expect(untilOf(list, 3 * HOUR)).toBe(8 * HOUR);
    expect(crewAt(list, 8 * HOUR).map((one) => one.id)).toEqual(["b"]);
    expect(untilOf(list, 20 * HOUR)).toBeUndefined();
    expect(untilOf(list, 99 * HOUR)).toBeUndefined();
  });

  it("knows when somebody's turn ends though others come and go", () => {
    const both = stretches(shifts("a 0-8, b 4-6"), 0, 10 * HOUR);
    expect(untilOfPerson(both, "a", HOUR)).toBe(8 * HOUR);
    expect(untilOf(both, HOUR)).toBe(4 * HOUR);
  });

  it("finds the next turn that is not the present one", () => {
    expect(nextTurn(list, "a", 3 * HOUR)).toBe(18 * HOUR);
    expect(nextTurn(list, "b", 3 * HOUR)).toBe(8 * HOUR);
    expect(nextTurn(list, "c", 3 * HOUR)).toBeUndefined();
  });

  it("lists the turns that are still to begin, as far as their ends are known", () => {
    const ahead = stretches(shifts("a 0-8, b 8-16, a 16-20, c 17-18, b 20-24"), 0, 24 * HOUR);
    expect(turnsOf(ahead, "a", HOUR)).toEqual([{ from: 16 * HOUR, to: 20 * HOUR }]);
    expect(turnsOf(ahead, "b", HOUR)).toEqual([{ from: 8 * HOUR, to: 16 * HOUR }]);
  });
});
