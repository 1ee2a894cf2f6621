import { describe, expect, it } from "vitest";

import { draftOfHours, type Hours, hoursLack, hoursOf, nightHours, officeHours } from "./model.ts";
import { daysText, hoursText, windowText } from "./words.ts";

const HOURS: Hours = {
  zone: "Europe/Berlin",
  windows: [
    { days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00:00", to: "17:00:00" },
    { days: ["sat"], from: "10:00:30", to: "00:00:00" },
  ],
};

describe("hours", () => {
  it("come back as they were", () => {
    expect(hoursOf(draftOfHours(HOURS))).toEqual(HOURS);
  });

  it("are every day where no day is named", () => {
    expect(hoursOf(draftOfHours({ zone: "UTC", windows: [{ from: "22:00", to: "07:00" }] })).windows[0]?.days).toHaveLength(7);
  });

  it("say what they lack, the first thing first", () => {
    const hours = officeHours("UTC");
    const [window] = hours.windows;
    expect(hoursLack(undefined)).toBeUndefined();
    expect(hoursLack(hours)).toBeUndefined();
    expect(hoursLack({ ...hours, zone: "" })).toBe("zone");
    expect(hoursLack({ ...hours, windows: [] })).toBe("windows");
    expect(window && hoursLack({ ...hours, windows: [{ ...window, to: "" }] })).toBe("hours");
    expect(window && hoursLack({ ...hours, windows: [{ ...window, days: [] }] })).toBe("days");
  });

  it("are told in a line", () => {
    expect(hoursText(HOURS)).toBe("Mon to Fri, 09:00 to 17:00; Sat, 10:00 to 24:00 (Berlin)");
    expect(hoursText(hoursOf(nightHours("Pacific/Auckland")))).toBe("every day, 22:00 to 07:00 (Auckland)");
  });
});

describe("a stretch", () => {
  it("is told by days and hours", () => {
    expect(windowText({ days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00" })).toBe("Mon to Fri, 09:00 to 17:00");
    expect(windowText({ days: ["sun", "sat"] })).toBe("Sat, Sun, all day");
    expect(windowText({ from: "22:00:00", to: "00:00", coordinate_only: true })).toBe("every day, 22:00 to 24:00, coordinating only");
    expect(daysText(["mon", "wed", "thu"])).toBe("Mon, Wed, Thu");
  });
});
