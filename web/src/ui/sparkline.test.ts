import { describe, expect, it } from "vitest";

import { SPARK, sparkShape } from "./sparkline.ts";

describe("a sparkline", () => {
  it("spans values and limit, and ends at the last value", () => {
    const shape = sparkShape([0, 50, 200], 100);
    expect(shape?.threshold).toBe(12);
    expect(shape?.last).toEqual({ x: SPARK.width - SPARK.margin, y: SPARK.margin, value: 200 });
  });

  it("breaks at gaps", () => {
    expect(sparkShape([1, null, 2, 3], 2)?.path.match(/M/gu)).toHaveLength(2);
  });

  it("ends where the values end", () => {
    expect(sparkShape([1, 2, null, null], 2)?.last.value).toBe(2);
  });

  it("is nothing without a value, and level with one", () => {
    expect(sparkShape([], 1)).toBeUndefined();
    expect(sparkShape([null], 1)).toBeUndefined();
    expect(sparkShape([1], 1)?.path).not.toContain("NaN");
  });
});
