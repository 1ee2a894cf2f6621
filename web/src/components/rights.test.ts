import { describe, expect, it } from "vitest";

import type { Me } from "../api/types.ts";
import { mayManage, mayWrite } from "./rights.ts";

type Role = NonNullable<Me["user"]["role"]>;

function somebody(role: Role | null, inTeam?: Role): Me {
  return {
    via: "web",
    is_admin: role === "admin",
    user: {
      id: "usr_1",
      version: 1,
      name: "Marta",
      email: "marta@example.com",
      zone: "UTC",
      active: true,
      monthly_test: true,
      role,
      teams: inTeam === undefined ? [] : [{ team: "tea_1", role: inTeam }],
    },
  };
}

describe("rights", () => {
  it("are the higher of everywhere and in the team", () => {
    expect(mayWrite(somebody(null), "tea_1")).toBe(false);
    expect(mayWrite(somebody("observer"), "tea_1")).toBe(false);
    expect(mayWrite(somebody("observer", "member"), "tea_1")).toBe(true);
    expect(mayWrite(somebody(null, "admin"), "tea_2")).toBe(false);
    expect(mayManage(somebody("member"), "tea_1")).toBe(false);
    expect(mayManage(somebody("member", "admin"), "tea_1")).toBe(true);
    expect(mayManage(somebody("admin"), "tea_9")).toBe(true);
  });
});
