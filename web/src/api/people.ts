/** Accounts, teams, and who is in which. */
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";
import type { User } from "./types.ts";

/** What somebody may do, everywhere or in a team. */
export type Role = components["schemas"]["Role"];

/** A team with its version. */
export type Team = components["schemas"]["TeamView"];

/** What is set of an account. */
export type UserBody = components["schemas"]["UserBody"];

/** What is set of an account now; a secret stands as null, which keeps it. */
export function bodyOfUser({ name, email, zone, role, teams, active, methods, rules, monthly_test }: User): UserBody {
  return {
    name,
    email,
    zone,
    role: role ?? null,
    teams,
    active,
    methods: (methods ?? []).map((one) => ({ id: one.id, name: one.name, channel: one.channel, settings: one.settings })),
    rules: rules ?? { high: [], low: [] },
    monthly_test,
  };
}

/** A link by which somebody sets their password. */
export interface SetUpLink {
  href: string;
  expiresAt: string;
}

/** Changes what is listed, and lists it anew. */
function useChange<A, R>(act: (input: A) => Promise<R>, quiet = false) {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet },
    mutationFn: act,
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Reads an account. */
export function readUser(id: string) {
  return askRead(api.GET("/api/v1/users/{id}", { params: { path: { id } } }));
}

/** Makes an account; the person comes in by a set-up link. */
export function useCreateUser() {
  return useChange((body: Pick<UserBody, "name" | "email"> & { role: Role | null }) => ask(api.POST("/api/v1/users", { body })), true);
}

/** Makes a team. */
export function useCreateTeam() {
  return useChange((body: { name: string; description: string }) => ask(api.POST("/api/v1/teams", { body })), true);
}

/** Reads one team. */
export function readTeam(id: string) {
  return askRead(api.GET("/api/v1/teams/{id}", { params: { path: { id } } }));
}

/** Changes one team from the version that was read. */
export function writeTeam(id: string, body: { name: string; description: string }, etag: string) {
  return askRead(api.PUT("/api/v1/teams/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }));
}

/** Deletes a team that owns nothing and has nobody in it, if it is still as it was shown. */
export function useDeleteTeam() {
  return useChange(
    ({ id, version }: { id: string; version: number }) =>
      ask(api.DELETE("/api/v1/teams/{id}", { params: { path: { id }, header: { "If-Match": etagOf(version) } } })),
    true,
  );
}

/** Deletes an account, and takes it out of everything that names it, if it is still as it was shown. */
export function useDeleteUser() {
  return useChange(
    ({ id, version }: { id: string; version: number }) =>
      ask(
        api.DELETE("/api/v1/users/{id}", {
          params: { path: { id }, query: { everywhere: true }, header: { "If-Match": etagOf(version) } },
        }),
      ),
    true,
  );
}

/** Makes somebody a member of a team, or gives them another role in it; no role takes them out. */
export function useSetMember() {
  return useChange(({ team, user, role }: { team: string; user: string; role: Role | null }) => {
    const path = { id: team, user };
    return role === null
      ? ask(api.DELETE("/api/v1/teams/{id}/members/{user}", { params: { path } }))
      : ask(api.PUT("/api/v1/teams/{id}/members/{user}", { params: { path }, body: { role } }));
  });
}

/**
 * Changes what somebody may do everywhere, or whether they can come in at all. The rest stays as it is
 * at that moment, which may be newer than what the list shows: they just came into a team, say.
 */
export function useSetAccess() {
  return useChange(async ({ user, ...access }: { user: User; role: Role | null; active: boolean }) => {
    const { value, etag } = await readUser(user.id);
    const body: UserBody = { ...bodyOfUser(value), ...access };
    return ask(api.PUT("/api/v1/users/{id}", { params: { path: { id: user.id }, header: { "If-Match": etag } }, body }));
  });
}

/** Makes a link by which somebody sets their password; shown this once. */
export function useSetUpLink() {
  return useMutation({
    mutationFn: async (user: string): Promise<SetUpLink> => {
      const made = await ask(api.POST("/api/v1/users/{id}/set-up-link", { params: { path: { id: user } } }));
      return { href: made.href ?? `${location.origin}/set-up#${made.secret}`, expiresAt: made.expires_at };
    },
  });
}
