import { describe, expect, it } from "vitest";

import { choose, type Choice } from "./choices.ts";

function lines(...texts: string[]): Choice[] {
  return texts.map((text) => ({ id: text, glyph: "ring", tone: "", text, run: () => undefined }));
}

const ALL = {
  incidents: lines("INC-1 checkout", "INC-2 cart", "INC-3 cart", "INC-4 search", "INC-5 mail"),
  views: lines("Incidents", "On call"),
  commands: lines("Acknowledge INC-1, checkout", "Resolve INC-1, checkout", "Sign out", "Dark", "Light"),
};

const texts = (query: string) => choose(ALL, query).map((one) => one.text);

describe("find or do", () => {
  it("leaves room for views and commands before anything is written", () => {
    expect(texts("")).toEqual([
      "INC-1 checkout", "INC-2 cart", "INC-3 cart", "INC-4 search", "Incidents", "On call",
      "Acknowledge INC-1, checkout", "Resolve INC-1, checkout", "Sign out",
    ]);
  });

  it("finds every line that has all words, things first", () => {
    expect(texts("CHECKOUT 1")).toEqual(["INC-1 checkout", "Acknowledge INC-1, checkout", "Resolve INC-1, checkout"]);
    expect(texts(" sign ")).toEqual(["Sign out"]);
    expect(texts("nothing")).toEqual([]);
  });
});
