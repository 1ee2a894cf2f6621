/** What views show first, asked for while their code comes. */
import type { QueryClient } from "@tanstack/react-query";
import { matchPath } from "react-router";

import { servicesQuery } from "../api/directory.ts";
import { incidentQuery, openIncidents } from "../api/incidents.ts";
import { channelsQuery, sessionsQuery, tokensQuery, userQuery } from "../api/me.ts";
import { onCallQuery, usersQuery } from "../api/oncall.ts";
import { rowsQuery } from "../api/rows.ts";
import { meQuery } from "../api/session.ts";
import { type View, VIEWS } from "./registry.ts";

/** What a view asks for, by the id in its address. */
type Asks = (queries: QueryClient, id: string) => Promise<unknown>[];

const STATES = ["triggered", "acknowledged", "resolved"] as const;

const FIRST: Partial<Record<View["name"], Asks>> = {
  incidents: (queries) => [
    queries.query(openIncidents),
    queries.query(onCallQuery),
    ...STATES.map((state) => queries.infiniteQuery(rowsQuery({ state: [state] }))),
    queries.query(servicesQuery),
    queries.query(usersQuery),
  ],
  incident: (queries, id) => [queries.query(incidentQuery(id))],
  me: (queries) => {
    const me = queries.getQueryData(meQuery.queryKey);
    return [
      ...(me == null ? [] : [queries.query(userQuery(me.user.id))]),
      queries.query(channelsQuery),
      queries.query(sessionsQuery),
      queries.query(tokensQuery),
    ];
  },
};

/**
 * Asks for what the view at an address shows first, unless the address selects something else. What fails is
 * asked for again, and said, by the view.
 */
export function askFirst(queries: QueryClient, { pathname, search }: URL): Promise<unknown> {
  for (const { name, path } of VIEWS) {
    const found = matchPath(path, pathname);
    if (found !== null) {
      return Promise.allSettled(search === "" ? (FIRST[name]?.(queries, found.params.id ?? "") ?? []) : []);
    }
  }
  return Promise.resolve();
}
