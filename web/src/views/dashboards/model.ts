/** Dashboards, apart from how they look. Pure. */
import type { ChartBody, Dashboard, DashboardBody, VariableBody } from "../../api/dashboards.ts";
import { freshKey } from "../../ui/lists.ts";

/** A value that stands for all choices together. */
export const ALL = "*";

/** In front of a variable's name in the address. */
const PREFIX = "v.";

/** As many choices are offered; whoever needs others writes a narrower pattern. */
export const CHOICES_MAX = 500;

/** The values of the variables by their names. */
export type Values = ReadonlyMap<string, string>;

/** What each variable is: by the address, or else as it is set. */
export function chosen(variables: readonly VariableBody[], query: URLSearchParams): Values {
  return new Map(
    variables.map(({ name, default: usual }) => [name, query.get(PREFIX + name) ?? usual ?? ALL] as const),
  );
}

/** The address with another value of a variable; the usual one is not written. */
export function choose(query: URLSearchParams, { name, default: usual }: VariableBody, value: string): URLSearchParams {
  const next = new URLSearchParams(query);
  if (value === (usual ?? ALL)) {
    next.delete(PREFIX + name);
  } else {
    next.set(PREFIX + name, value);
  }
  return next;
}

/** A text with values in place of `$name`; a name without a value stays. */
export function filled(text: string, values: Values): string {
  return text.replaceAll(/\$([A-Za-z][A-Za-z0-9_]*)/gu, (whole, name: string) => values.get(name) ?? whole);
}

/** What stands in targets for the values: all of a list are an alternative. */
export function inTargets(variables: readonly VariableBody[], values: Values): Values {
  return new Map(
    variables.map(({ name, choices }) => {
      const value = values.get(name) ?? ALL;
      const isAll = value === ALL && "list" in choices;
      return [name, isAll ? alternative(choices.list) : value] as const;
    }),
  );
}

function alternative(list: readonly string[]): string {
  return list.length === 1 ? (list[0] ?? ALL) : `{${list.join(",")}}`;
}

/** What stands in titles for the values. */
export function inTitles(values: Values, all: string): Values {
  return new Map([...values].map(([name, value]) => [name, value === ALL ? all : value] as const));
}

/** The choices that names give: what stands at the pattern's last wildcard, or else at its end. */
export function choicesOf(pattern: string, names: readonly string[]): string[] {
  const parts = pattern.split(".");
  const wild = parts.findLastIndex((part) => /[*?[{]/u.test(part));
  const place = wild === -1 ? parts.length - 1 : wild;
  const found = new Set(names.flatMap((name) => name.split(".")[place] ?? []));
  return [...found].sort((a, b) => a.localeCompare(b, undefined, { numeric: true })).slice(0, CHOICES_MAX);
}

/** The patterns of the variables, each with the values of those before it. */
export function patternsOf(variables: readonly VariableBody[], values: Values): Values {
  const known = inTargets(variables, values);
  return new Map(
    variables.flatMap(({ name, choices }) => ("find" in choices ? [[name, filled(choices.find, known)] as const] : [])),
  );
}

/** A chart that is edited. */
export interface DraftChart {
  key: number;
  title: string;
  targets: string[];
  unit: string;
  yMin: string;
  width: number;
}

/** A variable that is edited. */
export interface DraftVariable {
  key: number;
  name: string;
  kind: "find" | "list";
  /** The pattern, or the list with commas. */
  text: string;
  usual: string;
}

/** A dashboard that is edited. */
export interface Draft {
  name: string;
  team: string;
  description: string;
  spanS: number;
  refreshS: number | null;
  variables: DraftVariable[];
  charts: DraftChart[];
}

/** As wide as a chart can be. */
export const WIDTHS = [1, 2, 3] as const;

/** As many targets as one chart takes. */
export const TARGETS_MAX = 8;

/** How often a dashboard may ask anew, in seconds; `null` is never. */
export const REFRESHES = [null, 5, 10, 30, 60, 300, 900] as const;

/** A dashboard nobody has described yet, with a chart of these targets. */
export function emptyDraft(team: string, targets: readonly string[]): Draft {
  const first = { key: 1, title: targets[0] ?? "", targets: [...targets], unit: "", yMin: "", width: 3 };
  return {
    name: "",
    team,
    description: "",
    spanS: 3_600,
    refreshS: 30,
    variables: [],
    charts: targets.length === 0 ? [] : [first],
  };
}

/** A dashboard as it is edited. */
export function draftOf({ name, team, description, span_s, refresh_s, variables, charts }: Dashboard): Draft {
  return {
    name,
    team,
    description: description ?? "",
    spanS: span_s ?? 3_600,
    refreshS: refresh_s ?? null,
    variables: (variables ?? []).map((one, index) => ({
      key: index + 1,
      name: one.name,
      kind: "find" in one.choices ? "find" : "list",
      text: "find" in one.choices ? one.choices.find : one.choices.list.join(", "),
      usual: one.default ?? "",
    })),
    charts: (charts ?? []).map((one, index) => ({
      key: index + 1,
      title: one.title,
      targets: [...one.targets],
      unit: one.unit ?? "",
      yMin: one.y_min == null ? "" : String(one.y_min),
      width: one.width ?? 1,
    })),
  };
}

/** A chart as it is sent. */
export function chartOf({ title, targets, unit, yMin, width }: DraftChart): ChartBody {
  const least = Number(yMin.trim().replace(",", "."));
  return {
    title: title.trim(),
    targets: targets.map((one) => one.trim()).filter((one) => one !== ""),
    unit: unit.trim() === "" ? null : unit.trim(),
    y_min: yMin.trim() === "" || !Number.isFinite(least) ? null : least,
    width,
  };
}

/** A variable as it is sent. */
export function variableOf({ name, kind, text, usual }: DraftVariable): VariableBody {
  const list = text.split(",").map((one) => one.trim());
  return {
    name: name.trim(),
    choices: kind === "find" ? { find: text.trim() } : { list: list.filter((one) => one !== "") },
    default: usual.trim() === "" || usual.trim() === ALL ? null : usual.trim(),
  };
}

/** What is sent. */
export function bodyOf(draft: Draft): DashboardBody {
  return {
    name: draft.name.trim(),
    team: draft.team,
    description: draft.description.trim(),
    span_s: draft.spanS,
    refresh_s: draft.refreshS,
    variables: draft.variables.map(variableOf),
    charts: draft.charts.map(chartOf),
  };
}

/** What is still missing before it can be saved. */
export function lacks({ name, team, charts }: Draft): "name" | "team" | "title" | "targets" | undefined {
  if (name.trim() === "") {
    return "name";
  }
  if (team === "") {
    return "team";
  }
  if (charts.some((chart) => chart.title.trim() === "")) {
    return "title";
  }
  return charts.some((chart) => chartOf(chart).targets.length === 0) ? "targets" : undefined;
}

/** A chart to begin with. */
export function newChart(charts: readonly DraftChart[]): DraftChart {
  return { key: freshKey(charts), title: "", targets: [""], unit: "", yMin: "", width: 1 };
}

/** A variable to begin with. */
export function newVariable(variables: readonly DraftVariable[]): DraftVariable {
  return { key: freshKey(variables), name: "", kind: "find", text: "", usual: "" };
}

/** A list with one thing put where another stands. */
export function put<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one !== undefined) {
    next.splice(to, 0, one);
  }
  return next;
}

/** What the server says of the parts of a dashboard: of its own fields, and by the place of a part. */
export interface Refused {
  own: Readonly<Record<string, string>>;
  charts: ReadonlyMap<number, string>;
  variables: ReadonlyMap<number, string>;
}

/** Sorts what the server says by the part it is about. */
export function refusedBy(fields: Readonly<Record<string, string>>): Refused {
  const own: Record<string, string> = {};
  const charts = new Map<number, string>();
  const variables = new Map<number, string>();
  for (const [path, text] of Object.entries(fields)) {
    const [, list, index] = /^(charts|variables)\[(\d+)\]/u.exec(path) ?? [];
    if (list === undefined) {
      own[path] = text;
      continue;
    }
    const found = list === "charts" ? charts : variables;
    const before = found.get(Number(index));
    found.set(Number(index), before === undefined ? text : `${before} ${text}`);
  }
  return { own, charts, variables };
}
