import { describe, expect, it } from "vitest";

import type { OutboxItem, User } from "../../api/types.ts";
import { devices, excerpt, isBundle, linkOf } from "./model.ts";

const item = (to: string, at: string, body = ""): OutboxItem => ({ at, channel: "email", to, subject: "S", body, links: [] });

const user = (name: string, settings: Record<string, string>): User =>
  ({ id: name, name, zone: "UTC", active: true, methods: [{ settings }] }) as unknown as User;

describe("the phones", () => {
  it("hold what went to any address of the person, newest first; the rest are rooms", () => {
    const users = [
      user("Ruby", { address: "ruby@demo.example" }),
      user("Jonas", { topic: "jonas-phone" }),
      user("Sofia", { url: "http://127.0.0.1:1/hook/sofia-desk" }),
      { ...user("Gone", { address: "gone@demo.example" }), active: false },
    ];
    const items = [
      item("ruby@demo.example", "2026-11-21T03:00:00Z"),
      item("jonas-phone", "2026-11-21T03:01:00Z"),
      item("sofia-desk", "2026-11-21T03:02:00Z"),
      item("ruby@demo.example", "2026-11-21T03:03:00Z"),
      item("operations-room", "2026-11-21T03:04:00Z"),
    ];
    const found = devices(items, users);
    expect(found.map((one) => [one.name, one.isPerson, one.messages.length])).toEqual([
      ["Ruby", true, 2],
      ["Sofia", true, 1],
      ["Jonas", true, 1],
      ["operations-room", false, 1],
    ]);
    expect(found[0]?.messages[0]?.at).toBe("2026-11-21T03:03:00Z");
  });

  it("have no one button for several incidents", () => {
    const links = [1, 2].map((n) => ({ rel: "acknowledge", href: `/l/${n}` }));
    const several = { ...item("a", "t"), links };
    expect([isBundle(several), linkOf(several, "acknowledge")]).toEqual([true, undefined]);
    const one = { ...several, links: links.slice(1) };
    expect([isBundle(one), linkOf(one, "acknowledge")]).toEqual([false, "/l/2"]);
  });

  it("show no links and no labels of links", () => {
    const body = "Checkout is slow\n\nWhy you: on call.\nAcknowledge:\nhttp://x/l/abc\n";
    expect(excerpt({ ...item("a", ""), subject: "[INC-1] Checkout is slow", body })).toBe("Why you: on call.");
  });
});
