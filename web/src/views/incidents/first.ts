/** What the list of incidents shows first, asked for before it is drawn. */
import type { QueryClient } from "@tanstack/react-query";

import { servicesQuery } from "../../api/directory.ts";
import { openIncidents } from "../../api/incidents.ts";
import { onCallQuery, usersQuery } from "../../api/oncall.ts";
import { rowsQuery } from "../../api/rows.ts";

const STATES = ["triggered", "acknowledged", "resolved"] as const;

/** How long the list waits for it: then it is drawn with what is there. */
const SOON_MS = 250;

/**
 * Asks for what the list shows unless it is narrowed. Where the browser was told to ask for it with the code,
 * it is there at once: then the list is drawn once, as it is, instead of piece by piece.
 */
export async function askFirst(queries: QueryClient): Promise<void> {
  const asked = [
    queries.query(openIncidents),
    queries.query(onCallQuery),
    ...STATES.map((state) => queries.infiniteQuery(rowsQuery({ state: [state] }))),
    queries.query(servicesQuery),
    queries.query(usersQuery),
  ];
  const late = new Promise((resolve) => setTimeout(resolve, SOON_MS));
  await Promise.race([Promise.allSettled(asked), late]);
}
