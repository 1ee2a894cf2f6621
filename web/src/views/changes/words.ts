/** Fields and values in words: names for ids, spans for seconds. */
import { useQuery } from "@tanstack/react-query";

import { endpointsQuery, servicesQuery, teamsQuery } from "../../api/directory.ts";
import { policiesQuery, schedulesQuery, usersQuery } from "../../api/oncall.ts";
import { t, tIfKnown } from "../../i18n.ts";
import { span } from "../../ui/time.ts";

/** The names of things by their ids, as far as one may know them. */
export type NamesById = ReadonlyMap<string, string>;

/** The names of everything that others refer to. */
export function useNames(): NamesById {
  const lists = [
    useQuery(usersQuery).data?.items,
    useQuery(teamsQuery).data?.items,
    useQuery(endpointsQuery).data?.items,
    useQuery(servicesQuery).data?.items,
    useQuery(policiesQuery).data?.items,
    useQuery(schedulesQuery).data?.items,
  ];
  return new Map(lists.flatMap((items) => (items ?? []).map((one) => [one.id, one.name] as const)));
}

/** A field by its path: `Step 2, waits`. */
export function fieldText(path: readonly (string | number)[]): string {
  const parts = path.map((part, index) => {
    if (typeof part === "number") {
      return undefined;
    }
    const next = path[index + 1];
    const word = tIfKnown(`ui.changes.field.${part}`) ?? part.replace(/_s$/u, "").replaceAll("_", " ");
    return typeof next === "number" ? t("ui.changes.nth", { field: word, n: next }) : word;
  });
  const text = parts.filter((part) => part !== undefined).join(", ");
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** A value in words; `field` is the name of the innermost field it stands in. */
export function valueText(value: unknown, field: string | number | undefined, names: NamesById): string {
  if (value === undefined || value === null || value === "") {
    return t("ui.changes.none");
  }
  if (typeof value === "boolean") {
    return t(value ? "ui.changes.yes" : "ui.changes.no");
  }
  if (typeof value === "number") {
    return typeof field === "string" && field.endsWith("_s") ? span(value * 1_000) : String(value);
  }
  if (typeof value === "string") {
    return names.get(value) ?? tIfKnown(`ui.changes.value.${value}`) ?? value;
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? t("ui.changes.none") : value.map((one) => valueText(one, field, names)).join(", ");
  }
  return fieldsText(value, names);
}

/** A thing with fields in a line: by its name where it has one. */
function fieldsText(value: object, names: NamesById): string {
  const fields = value as Readonly<Record<string, unknown>>;
  const { name, id, user, type } = fields;
  const called = [name, id, user].find((one) => typeof one === "string");
  if (typeof called === "string" && (typeof name === "string" || names.has(called))) {
    return names.get(called) ?? called;
  }
  if (typeof type === "string" && Object.keys(fields).length === 1) {
    return valueText(type, "type", names);
  }
  return Object.entries(fields)
    .filter(([, one]) => one !== null && one !== "" && !(Array.isArray(one) && one.length === 0))
    .map(([key, one]) => t("ui.changes.pair", { field: fieldText([key]).toLocaleLowerCase(), value: valueText(one, key, names) }))
    .join(", ");
}
