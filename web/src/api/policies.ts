/** Reading and editing escalation policies. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

/** What is set of a policy. */
export type PolicyBody = components["schemas"]["PolicyBody"];

/** One policy with its version. */
export const policyQuery = (id: string) =>
  queryOptions({
    // Not the key of what the incident view keeps: that has no version.
    queryKey: [...keys.config, "policy-read", id],
    queryFn: () => readPolicy(id),
  });

/** Whose turn it is in the steps of a policy that tell one person after the other. */
export const turnsQuery = (id: string, isWanted: boolean) =>
  queryOptions({
    queryKey: [...keys.config, "policy-turns", id],
    queryFn: () => ask(api.GET("/api/v1/escalation-policies/{id}/turns", { params: { path: { id } } })),
    enabled: isWanted,
  });

/** Reads one policy. */
export function readPolicy(id: string) {
  return askRead(api.GET("/api/v1/escalation-policies/{id}", { params: { path: { id } } }));
}

/** Changes one policy from the version that was read. */
export function writePolicy(id: string, body: PolicyBody, etag: string) {
  return askRead(
    api.PUT("/api/v1/escalation-policies/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }),
  );
}

/** Makes a new policy. */
export function useCreatePolicy() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: PolicyBody) => ask(api.POST("/api/v1/escalation-policies", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Deletes a policy, and takes it out of the services that page through it, if it is still as it was shown. */
export function useDeletePolicy() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ id, version }: { id: string; version: number }) =>
      ask(
        api.DELETE("/api/v1/escalation-policies/{id}", {
          params: { path: { id }, query: { everywhere: true }, header: { "If-Match": etagOf(version) } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}
