/** Personal rules that cannot ring on this server. Pure. */
import type { Channel, Method } from "../api/me.ts";
import type { User } from "../api/types.ts";

/** Whether nothing can go out over a method: this server does not have what its channel needs. */
export function isDead(method: Pick<Method, "channel">, channels: readonly Channel[]): boolean {
  return channels.find((one) => one.name === method.channel)?.set_up === false;
}

/** How many rules of somebody never ring; none where one may not know them. */
export function deadRules(user: Pick<User, "methods" | "rules">, channels: readonly Channel[]): number {
  const dead = new Set((user.methods ?? []).filter((one) => isDead(one, channels)).map((one) => one.id));
  return [...(user.rules?.high ?? []), ...(user.rules?.low ?? [])].filter((rule) => dead.has(rule.method)).length;
}
