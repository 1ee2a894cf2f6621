/** What somebody may do, as far as a view needs to know; the server decides. Pure. */
import type { Me } from "../api/types.ts";

type Role = NonNullable<Me["user"]["role"]>;

const RANK: Readonly<Record<Role, number>> = { observer: 1, member: 2, admin: 3 };

function rankIn(me: Me, team: string): number {
  const roles = [me.user.role, me.user.teams.find((one) => one.team === team)?.role];
  return Math.max(0, ...roles.map((role) => (role === null || role === undefined ? 0 : RANK[role])));
}

/** Whether they may edit what belongs to a team. */
export function mayWrite(me: Me, team: string): boolean {
  return rankIn(me, team) >= RANK.member;
}

/** Whether there is anything they may edit. */
export function mayWriteSomewhere(me: Me): boolean {
  return [me.user.role, ...me.user.teams.map((one) => one.role)].some((role) => role === "admin" || role === "member");
}

/** Whether they may manage a team and who is in it. */
export function mayManage(me: Me, team: string): boolean {
  return rankIn(me, team) >= RANK.admin;
}
