/** Sorts what the demo sent to the phones and mailboxes it went to. Pure. */
import type { OutboxItem, User } from "../../api/types.ts";

/** Somebody's phone, or a room that is told by webhook. */
export interface Device {
  id: string;
  name: string;
  /** The person's zone; a room has none. */
  zone: string | undefined;
  isPerson: boolean;
  /** Newest first. */
  messages: OutboxItem[];
}

/** Where a contact method leads, as the outbox names it. */
function addressesOf(user: User): string[] {
  return (user.methods ?? []).flatMap((method) => {
    const settings: Record<string, unknown> = method.settings;
    const text = (name: string) => {
      const value = settings[name];
      return typeof value === "string" ? value : "";
    };
    // A webhook of the demo ends with the name of its hook.
    return [text("address"), text("topic"), text("url").split("/").at(-1) ?? ""].filter((one) => one !== "");
  });
}

/** The phones of everybody who can be told, those with messages first, then rooms. */
export function devices(items: readonly OutboxItem[], users: readonly User[]): Device[] {
  const people = users
    .filter((user) => user.active && (user.methods ?? []).length > 0)
    .map((user) => ({
      device: { id: user.id, name: user.name, zone: user.zone, isPerson: true, messages: [] as OutboxItem[] },
      addresses: new Set(addressesOf(user)),
    }));
  const rooms = new Map<string, Device>();
  for (const item of [...items].reverse()) {
    const person = people.find((one) => one.addresses.has(item.to));
    if (person !== undefined) {
      person.device.messages.push(item);
      continue;
    }
    const room = rooms.get(item.to) ?? { id: item.to, name: item.to, zone: undefined, isPerson: false, messages: [] };
    room.messages.push(item);
    rooms.set(item.to, room);
  }
  const newest = (device: Device) => device.messages[0]?.at ?? "";
  const phones = people.map((one) => one.device).sort((a, b) => newest(b).localeCompare(newest(a)));
  return [...phones, ...rooms.values()];
}

/** Whether a message tells of several incidents, each with its own links. */
export function isBundle(item: OutboxItem): boolean {
  return item.links.filter((link) => link.rel === "acknowledge").length > 1;
}

/** The address that acknowledges, if the message has one and not one for each of several incidents. */
export function linkOf(item: OutboxItem, rel: "acknowledge" | "resolve" | "accept" | "decline"): string | undefined {
  return isBundle(item) ? undefined : item.links.find((link) => link.rel === rel)?.href;
}

/** The first lines of a message, without its links: what a lock screen would show. */
export function excerpt(item: OutboxItem): string {
  return item.body
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.includes("://") && !line.endsWith(":"))
    .filter((line) => !item.subject.includes(line))
    .slice(0, 3)
    .join("\n");
}
