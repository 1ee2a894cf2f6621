/** The explorer, apart from how it looks. Pure. */
/** As many targets as one chart takes. */
export const TARGETS_MAX = 8;

/** What the address says. */
export interface Exploration {
  targets: string[];
  span: string;
  compares: boolean;
}

/** Reads the address. */
export function read(query: URLSearchParams): Exploration {
  return {
    targets: query.getAll("t").slice(0, TARGETS_MAX),
    span: query.get("span") ?? "1h",
    compares: query.get("compare") === "week",
  };
}

/** Writes the address. */
export function write({ targets, span, compares }: Exploration): URLSearchParams {
  const query = new URLSearchParams();
  for (const target of targets) {
    query.append("t", target);
  }
  if (span !== "1h") {
    query.set("span", span);
  }
  if (compares) {
    query.set("compare", "week");
  }
  return query;
}

/** What is asked for: the targets, and behind them the same a week ago. */
export function asked({ targets, compares }: Exploration): string[] {
  const whole = targets.map((one) => one.trim()).filter((one) => one !== "");
  return compares ? [...whole, ...whole.map((one) => `timeShift(${one},"7d")`)] : whole;
}

/** The pattern that a search in the tree asks for: a part of a name anywhere in the first levels. */
export function searchPatterns(typed: string): string[] {
  const word = typed.trim().replaceAll(/\s+/gu, "*");
  if (word === "") {
    return [];
  }
  return word.includes(".") ? [`${word}*`] : [`*${word}*`, `*.*${word}*`, `*.*.*${word}*`, `*.*.*.*${word}*`];
}
