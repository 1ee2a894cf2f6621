/** What a change changed, field by field. Pure. */

/** A field that differs: where it stands, and what it was and became; undefined where there is none. */
export interface FieldChange {
  path: readonly (string | number)[];
  before: unknown;
  after: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** What says which object and version it is, and what is worked out from the rest. */
const NOT_SET = new Set(["id", "version", "verified_at", "open_incidents", "groups", "state"]);

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** What tells one thing of a list from another, when they have ids or names. */
function keyOf(value: unknown): string | undefined {
  if (!isFields(value)) {
    return undefined;
  }
  const key = value.id ?? value.team ?? value.name;
  return typeof key === "string" ? key : undefined;
}

/** Everything that differs between two versions of an object. */
export function differences(before: unknown, after: unknown): FieldChange[] {
  return compare([], before, after);
}

function compare(path: readonly (string | number)[], before: unknown, after: unknown): FieldChange[] {
  if (isBlank(before) && isBlank(after)) {
    return [];
  }
  if (isFields(before) && isFields(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names
      .filter((name) => path.length > 0 || !NOT_SET.has(name))
      .filter((name) => name !== "id" || before.id !== after.id)
      .flatMap((name) => compare([...path, name], before[name], after[name]));
  }
  if (isList(before) && isList(after) && [...before, ...after].some(isFields)) {
    return compareLists(path, before, after);
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** Things with names are compared with their namesakes, others with what stands in their place. */
function compareLists(path: readonly (string | number)[], before: readonly unknown[], after: readonly unknown[]): FieldChange[] {
  const all = [...before, ...after];
  const keys = all.map(keyOf);
  if (keys.includes(undefined) || path.at(-1) === "targets" || path.at(-1) === "people") {
    const places = Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
    const isWhole = path.at(-1) === "targets" || path.at(-1) === "people";
    if (isWhole) {
      return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
    }
    return places.flatMap((index) => compare([...path, index + 1], before[index], after[index]));
  }
  const names = [...new Set(keys)];
  const changed = names.flatMap((key) => {
    const one = before.find((item) => keyOf(item) === key);
    const other = after.find((item) => keyOf(item) === key);
    const label = nameOf(other) ?? nameOf(one) ?? key ?? "";
    return compare([...path, label], one, other);
  });
  const order = (list: readonly unknown[]) => list.map(keyOf).filter((key) => before.concat(after).filter((item) => keyOf(item) === key).length === 2);
  const isMoved = JSON.stringify(order(before)) !== JSON.stringify(order(after));
  const titles = (list: readonly unknown[]) => list.map((item) => nameOf(item) ?? keyOf(item) ?? "");
  return isMoved ? [...changed, { path: [...path, "order"], before: titles(before), after: titles(after) }] : changed;
}

function nameOf(value: unknown): string | undefined {
  return isFields(value) && typeof value.name === "string" ? value.name : undefined;
}

/** What became of the object. */
export function whatOf(edit: { version: number; deleted: boolean; restored_from?: number | null; before?: unknown }) {
  if (edit.deleted) {
    return "deleted";
  }
  if (edit.restored_from != null) {
    return "restored";
  }
  return edit.version === 1 ? "made" : "changed";
}

/** The kinds of objects there are. */
export const KINDS = [
  "service", "integration", "monitor", "dashboard", "policy", "schedule", "override", "team", "user", "endpoint", "time_off", "swap",
] as const;

/** Within how many hours changes can be asked for. */
export const HOURS = [1, 24, 168, 720] as const;
