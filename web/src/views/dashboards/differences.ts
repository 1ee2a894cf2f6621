/** What differs between two versions of a dashboard, in words. */
import type { ChartBody, DashboardBody, VariableBody } from "../../api/dashboards.ts";
import type { Difference } from "../../components/Conflict.tsx";
import { t } from "../../i18n.ts";
import { span } from "../../ui/time.ts";

/** The fields that differ; charts and variables as lists that one can compare. */
export function differences(mine: DashboardBody, theirs: DashboardBody, team: (id: string) => string): Difference[] {
  const fields: [label: string, value: (body: DashboardBody) => string][] = [
    [t("ui.dashboard.name"), (body) => body.name],
    [t("ui.dashboard.team"), (body) => team(body.team)],
    [t("ui.dashboard.description"), (body) => body.description ?? ""],
    [t("ui.dashboard.span"), (body) => span((body.span_s ?? 0) * 1_000)],
    [
      t("ui.dashboard.refresh"),
      (body) => (body.refresh_s == null ? t("ui.dashboard.refresh_never") : span(body.refresh_s * 1_000)),
    ],
    [t("ui.dashboard.variables"), (body) => (body.variables ?? []).map(variableText).join("; ")],
    [t("ui.dashboard.charts"), (body) => (body.charts ?? []).map(chartText).join("; ")],
  ];
  return fields
    .map(([label, value]) => ({ label, mine: value(mine), theirs: value(theirs) }))
    .filter((one) => one.mine !== one.theirs);
}

function chartText({ title, targets, unit, y_min: least, width }: ChartBody): string {
  const more = [unit ?? "", least == null ? "" : String(least), t("ui.dashboard.columns", { count: width ?? 1 })];
  return `${title}: ${[...targets, ...more.filter((one) => one !== "")].join(", ")}`;
}

function variableText({ name, choices, default: usual }: VariableBody): string {
  const from = "find" in choices ? choices.find : choices.list.join(", ");
  return `$${name}: ${from}${usual == null ? "" : ` (${usual})`}`;
}
