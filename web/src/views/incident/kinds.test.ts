import { describe, expect, it } from "vitest";

import type { RecordEntry } from "../../api/types.ts";
import { anchorOf, ofKind, readKind } from "./kinds.ts";
import { linksOf, numberIn } from "./model.ts";

const entry = (seq: number, kind: string) => ({ id: `inc_1/${seq}`, kind }) as RecordEntry;

describe("the record by kind", () => {
  const record = [entry(1, "opened"), entry(2, "paged"), entry(3, "noted"), entry(4, "alert_opened"), entry(5, "new_kind")];

  it("is cut down to what the address asks for, and never guesses", () => {
    expect(readKind(new URLSearchParams("record=notes"))).toBe("notes");
    expect(readKind(new URLSearchParams("record=all"))).toBeUndefined();
    expect(ofKind(record, "notes").map(anchorOf)).toEqual(["entry-inc_1/3"]);
    expect(ofKind(record, "pages").map(anchorOf)).toEqual(["entry-inc_1/2"]);
    expect(ofKind(record, undefined)).toHaveLength(5);
  });

  it("has how a policy was climbed with the pages, and who confirmed with the people", () => {
    const climbed = ["step_skipped", "deferred", "deferral_ended", "fell_back", "repeated"].map((kind, seq) => entry(seq, kind));
    expect(ofKind([...climbed, entry(9, "confirmed")], "pages")).toEqual(climbed);
    expect(ofKind([...climbed, entry(9, "confirmed")], "people").map(({ kind }) => kind)).toEqual(["confirmed"]);
  });
});

describe("what else is read", () => {
  it("has each link into the web once", () => {
    const link = (href: string, text: string | null = null) => ({ href, text });
    const alert = (links: object[], more: object = {}) => ({ links, client: null, client_url: null, ...more });
    const alerts = [
      alert([link("https://wiki.example/a", "Runbook"), link("javascript:alert(1)")]),
      alert([link("https://wiki.example/a")], { client_url: "http://sensu.example", client: "Sensu" }),
    ] as unknown as Parameters<typeof linksOf>[0];
    expect(linksOf(alerts)).toEqual([
      { href: "https://wiki.example/a", text: "Runbook" },
      { href: "http://sensu.example", text: "Sensu" },
    ]);
  });

  it.each([
    ["INC-24", "24"],
    ["#24", "24"],
    [" 24 ", "24"],
    ["inc24", "24"],
    ["24 servers", undefined],
    ["", undefined],
  ])("takes %s for the number %s", (text, number) => {
    expect(numberIn(text)).toBe(number);
  });
});
