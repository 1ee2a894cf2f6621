import { describe, expect, it } from "vitest";

import type { MetricFunction } from "../../api/metrics.ts";
import { offers, patternOf, signature, taken, typedAt } from "./model.ts";

const shift: MetricFunction = {
  name: "timeShift",
  aliases: [],
  parameters: [
    { name: "seriesList", takes: "series", is_series: true, is_required: true, is_many: false },
    { name: "timeShift", takes: "an interval", is_series: false, is_required: true, is_many: false },
    { name: "resetEnd", takes: "true or false", is_series: false, is_required: false, is_many: false },
  ],
};

const node = (id: string, isLeaf: boolean) => ({
  text: id.split(".").at(-1) ?? id,
  id,
  allowChildren: isLeaf ? 0 : 1,
  expandable: isLeaf ? 0 : 1,
  leaf: isLeaf ? 1 : 0,
});

describe("completion", () => {
  it("knows the word at the caret", () => {
    expect(typedAt("sumSeries(shop.eu", 17)).toEqual({ word: "shop.eu", from: 10 });
    expect(typedAt("a.b|ti", 6)).toEqual({ word: "ti", from: 4 });
    expect(typedAt("scale(a, b", 10)).toEqual({ word: "b", from: 9 });
  });
  it("offers functions with what they take, and names", () => {
    expect(offers("TI", [shift], [])).toEqual([
      { text: "timeShift()", takes: "(seriesList, timeShift, resetEnd?)", caret: 10 },
    ]);
    expect(offers("shop.", [shift], [node("shop.eu", false), node("shop.all", true)]).map((one) => one.text)).toEqual([
      "shop.eu.",
      "shop.all",
    ]);
    expect(signature(shift)).toBe("(seriesList, timeShift, resetEnd?)");
  });
  it("puts an offer in place, the caret within its brackets", () => {
    const [offer] = offers("ti", [shift], []);
    expect(offer && taken("a|ti", typedAt("a|ti", 4), offer)).toEqual({ text: "a|timeShift()", caret: 12 });
  });
  it("asks for what goes on", () => {
    expect([patternOf(""), patternOf("shop.e"), patternOf("a.*")]).toEqual(["*", "shop.e*", "a.*"]);
  });
});
