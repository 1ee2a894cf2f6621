import { describe, expect, it } from "vitest";

import { incident } from "../../test/incident.ts";
import { board, MOST } from "./model.ts";

describe("the board", () => {
  it("has what nobody has first, then the worst, then what has waited longest", () => {
    const found = board([
      incident({ id: "taken", state: "acknowledged", severity: "critical" }),
      incident({ id: "new", opened_at: "2026-11-21T04:00:00Z" }),
      incident({ id: "old", opened_at: "2026-11-21T01:00:00Z" }),
      incident({ id: "bad", severity: "critical", opened_at: "2026-11-21T03:00:00Z" }),
      incident({ id: "over", state: "resolved" }),
    ]);
    expect(found.rows.map((row) => row.id)).toEqual(["bad", "old", "new", "taken"]);
    expect([found.triggered, found.acknowledged, found.more, found.oldest?.id]).toEqual([3, 1, 0, "old"]);
  });

  it("says how many have no room", () => {
    const many = Array.from({ length: MOST + 3 }, (_, index) => incident({ id: `inc_${index}` }));
    expect(board(many).rows).toHaveLength(MOST);
    expect(board(many).more).toBe(3);
    expect(board([]).oldest).toBeUndefined();
  });
});
