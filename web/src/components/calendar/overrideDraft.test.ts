import { describe, expect, it } from "vitest";

import type { OverrideBody } from "../../api/overrides.ts";
import { bodyOf, draftOf, draftOfBody, lacks } from "./overrideDraft.ts";

const BERLIN = "Europe/Berlin";
const FROM = Date.parse("2026-11-25T11:00:00Z");
const TO = Date.parse("2026-11-25T19:00:00Z");

describe("an override that is being written", () => {
  it("begins with the shift that was chosen and who has it", () => {
    expect(draftOf({ from: FROM, to: TO, who: "marta" }, BERLIN)).toEqual({
      kind: "replace",
      user: "",
      instead: "marta",
      from: "2026-11-25T12:00",
      to: "2026-11-25T20:00",
      rotation: "",
    });
    expect(draftOf({ from: FROM, to: TO }, BERLIN).kind).toBe("add");
  });

  it.each<OverrideBody["change"]>([
    { type: "replace", with: "ines", who: "marta" },
    { type: "replace", with: "ines", who: null },
    { type: "add", user: "ines" },
    { type: "remove", user: "marta" },
    { type: "shadow", user: "ruby" },
  ])("comes back as it was: %j", (change) => {
    const body = { from: "2026-11-25T11:00:00.000Z", to: "2026-11-25T19:00:00.000Z", rotation: null, change };
    expect(bodyOf(draftOfBody(body, BERLIN), BERLIN)).toEqual(body);
  });

  it("says what it lacks", () => {
    const draft = draftOf({ from: FROM, to: TO, who: "marta" }, BERLIN);
    expect(lacks(draft, BERLIN)).toBe("user");
    expect(lacks({ ...draft, user: "marta" }, BERLIN)).toBe("same");
    expect(lacks({ ...draft, user: "ines", to: "" }, BERLIN)).toBe("times");
    expect(lacks({ ...draft, user: "ines", to: draft.from }, BERLIN)).toBe("order");
    expect(lacks({ ...draft, user: "ines" }, BERLIN)).toBeUndefined();
  });
});
