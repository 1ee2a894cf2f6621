/** Dashboards: grids of charts that a team looks at together. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, ask } from "./client.ts";
import { etagOf } from "./directory.ts";
import { askRead } from "./edit.ts";
import { keys } from "./queries.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

/** A dashboard with its version. */
export type Dashboard = Schemas["DashboardView"];
/** What is set of a dashboard. */
export type DashboardBody = Schemas["DashboardBody"];
/** One chart of it. */
export type ChartBody = Schemas["ChartBody"];
/** Something it leaves open. */
export type VariableBody = Schemas["VariableBody"];

const MOST = 200;

/** The dashboards one may see. */
export const dashboardsQuery = queryOptions({
  queryKey: [...keys.config, "dashboards"],
  queryFn: () => ask(api.GET("/api/v1/dashboards", { params: { query: { limit: MOST } } })),
});

/** One dashboard with its version. */
export const dashboardQuery = (id: string) =>
  queryOptions({
    queryKey: [...keys.config, "dashboard", id],
    queryFn: () => readDashboard(id),
  });

/** Reads one dashboard. */
export function readDashboard(id: string) {
  return askRead(api.GET("/api/v1/dashboards/{id}", { params: { path: { id } } }));
}

/** Changes one dashboard from the version that was read. */
export function writeDashboard(id: string, body: DashboardBody, etag: string) {
  return askRead(api.PUT("/api/v1/dashboards/{id}", { params: { path: { id }, header: { "If-Match": etag } }, body }));
}

/** What is set of a dashboard. */
function bodyOfDashboard(dashboard: Dashboard): DashboardBody {
  const { team, name, description = "", variables = [], charts = [], span_s = 3_600, refresh_s = null } = dashboard;
  return { team, name, description, variables, charts, span_s, refresh_s };
}

/** Makes a new dashboard. */
export function useCreateDashboard() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: (body: DashboardBody) => ask(api.POST("/api/v1/dashboards", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Puts one more chart at the end of a dashboard, as it is now. */
export function useAddChart() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: async ({ id, chart }: { id: string; chart: ChartBody }) => {
      const { value, etag } = await readDashboard(id);
      const body = bodyOfDashboard(value);
      return writeDashboard(id, { ...body, charts: [...(body.charts ?? []), chart] }, etag);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}

/** Deletes a dashboard, if it is still as it was shown. */
export function useDeleteDashboard() {
  const queries = useQueryClient();
  return useMutation({
    meta: { quiet: true },
    mutationFn: ({ id, version }: { id: string; version: number }) =>
      ask(api.DELETE("/api/v1/dashboards/{id}", { params: { path: { id }, header: { "If-Match": etagOf(version) } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.config }),
  });
}
