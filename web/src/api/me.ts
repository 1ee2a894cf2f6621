/** What concerns oneself: the account, the ways to be reached, sessions and tokens. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { askRead } from "./edit.ts";
import { bodyOfUser, readUser, type UserBody } from "./people.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";
import type { User } from "./types.ts";

export type Method = components["schemas"]["MethodView"];
export type MethodBody = components["schemas"]["MethodBody"];
export type Rule = components["schemas"]["RuleBody"];
export type Channel = components["schemas"]["ChannelView"];
export type Session = components["schemas"]["SessionView"];
export type Token = components["schemas"]["TokenView"];
export type Sent = components["schemas"]["TestView"];
export type { UserBody };

/** An account with its version. */
export const userQuery = (id: string) =>
  queryOptions({ queryKey: [...keys.config, "user-read", id], queryFn: () => readUser(id) });

/** Changes an account from the version that was read. */
export function writeUser(id: string, body: UserBody, etag: string) {
  return askRead(api.PUT("/api/v1/users/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }));
}

/** What an account would be with something else in it. */
export function withChange(user: User, change: Partial<UserBody>): UserBody {
  return { ...bodyOfUser(user), ...change };
}

/** The ways messages can go. */
export const channelsQuery = queryOptions({
  queryKey: [...keys.config, "channels"],
  queryFn: () => ask(api.GET("/api/v1/channels")),
  staleTime: 10 * 60_000,
});

/** Somebody's method. */
export interface OfMethod {
  user: string;
  method: string;
}

const pathOf = ({ user, method }: OfMethod) => ({ params: { path: { id: user, method } } });

/** Sends a test message, and says what became of it. */
export function useTestMethod() {
  return useMutation({
    meta: { quiet: true },
    mutationFn: (of: OfMethod) => ask(api.POST("/api/v1/users/{id}/methods/{method}/test", pathOf(of))),
  });
}

/** Sends a code over a method. */
export function useSendCode() {
  return useMutation({
    meta: { quiet: true },
    mutationFn: (of: OfMethod) => ask(api.POST("/api/v1/users/{id}/methods/{method}/code", pathOf(of))),
  });
}

/** Gives back the code that came. */
export function useConfirmCode() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ code, ...of }: OfMethod & { code: string }) =>
      ask(api.POST("/api/v1/users/{id}/methods/{method}/code/confirm", { ...pathOf(of), body: { code } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Changes one's own password; every other session ends. */
export function useSetPassword() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: { old: string; password: string }) => ask(api.POST("/api/v1/me/password", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.sessions }),
  });
}

/** Where one is signed in. */
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: () => ask(api.GET("/api/v1/sessions")),
});

/** Ends a session, or all but this one. */
export function useEndSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: string | undefined) => {
      await (id === undefined
        ? ask(api.DELETE("/api/v1/sessions"))
        : ask(api.DELETE("/api/v1/sessions/{id}", { params: { path: { id } } })));
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.sessions }),
  });
}

/** One's own tokens. */
export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: () => ask(api.GET("/api/v1/tokens")),
});

/** Makes a token; its secret is in the answer and nowhere else. */
export function useCreateToken() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: { name: string; expires_at: string | null }) => ask(api.POST("/api/v1/tokens", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.tokens }),
  });
}

/** Revokes a token. */
export function useRevokeToken() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (id: string) => ask(api.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.tokens }),
  });
}
