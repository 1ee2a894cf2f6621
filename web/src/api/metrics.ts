/** The stored series: their names, their points, and the functions over them. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { type Answer, api, ask } from "./client.ts";
import { ApiError } from "./problem.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

/** One series with its points. */
export interface Rendered {
  target: string;
  points: [value: number | null, at_s: number][];
}
/** A node of the tree of names. */
export type TreeNode = Schemas["TreeNode"];
/** A function of target expressions. */
export type MetricFunction = Schemas["FunctionView"];

const LIVE_MS = 15_000;

/** A list of targets goes as one parameter each: a target may hold commas. */
const REPEATED = { array: { style: "form", explode: true } } as const;

/** These answers are Graphite's: a refusal is a sentence, not a problem. */
async function asked<T>(call: Promise<Answer<T>>): Promise<T> {
  const { error, response } = await call;
  if (!response.ok && typeof error === "string" && error !== "") {
    throw new ApiError(response.status, { code: "metrics", title: error, detail: error, errors: [] });
  }
  return ask(call);
}

/** What is drawn: over the last so many seconds. */
export interface Drawn {
  targets: readonly string[];
  spanS: number;
  /** As many points as there is room for. */
  most?: number;
  /** How often it is asked anew; `false` is never. */
  everyMs?: number | false;
}

/** The points of target expressions, up to now. */
export const renderQuery = ({ targets, spanS, most = 600, everyMs = LIVE_MS }: Drawn) =>
  queryOptions({
    queryKey: ["render", targets, spanS, most],
    queryFn: async ({ signal }) => {
      const until = Math.floor(Date.now() / 1_000);
      const series = await asked(
        api.GET("/render", {
          params: {
            query: {
              target: [...targets],
              format: "json",
              from: `-${spanS}s`,
              maxDataPoints: String(most),
            },
          },
          querySerializer: REPEATED,
          signal,
        }),
      );
      return { until, series: series.map(({ target, datapoints }) => ({ target, points: pairs(datapoints) })) };
    },
    enabled: targets.length > 0,
    placeholderData: keepPreviousData,
    refetchInterval: everyMs,
    staleTime: everyMs === false ? Infinity : everyMs,
    retry: false,
  });

function pairs(datapoints: readonly (readonly (number | null)[])[]): Rendered["points"] {
  return datapoints.map(([value = null, at]) => [value, at ?? 0]);
}

/** The names that fit a pattern, such as `shop.*`. */
export const findQuery = (pattern: string) =>
  queryOptions({
    queryKey: ["find", pattern],
    queryFn: ({ signal }) => asked(api.GET("/metrics/find", { params: { query: { query: pattern } }, signal })),
    staleTime: 60_000,
    retry: false,
  });

/** The whole names that fit one of the patterns, such as `*.*p99*`; of series only, unless said. */
export const expandQuery = (patterns: readonly string[], leavesOnly: 0 | 1 = 1) =>
  queryOptions({
    queryKey: ["expand", patterns, leavesOnly],
    queryFn: ({ signal }) =>
      asked(
        api.GET("/metrics/expand", {
          params: { query: { query: [...patterns], leavesOnly } },
          querySerializer: REPEATED,
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });

/** The functions that this server knows. */
export const functionsQuery = queryOptions({
  queryKey: ["functions"],
  queryFn: () => ask(api.GET("/api/v1/metrics/functions")),
  staleTime: Infinity,
});
