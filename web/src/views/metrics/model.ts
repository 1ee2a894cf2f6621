/** The explorer, apart from how it looks. Pure. */
import type { MetricFunction, TreeNode } from "../../api/metrics.ts";

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

/** The word that is typed at the caret, and where it begins. */
export interface Typed {
  word: string;
  from: number;
}

/** The name or function that is being typed: what stands before the caret up to a bracket, comma or pipe. */
export function typedAt(text: string, caret: number): Typed {
  const before = text.slice(0, caret);
  const from = Math.max(...["(", ",", "|", " ", '"'].map((mark) => before.lastIndexOf(mark))) + 1;
  return { word: before.slice(from), from };
}

/** Something that may be put in place of what is typed. */
export interface Offer {
  text: string;
  /** What it takes, for a function. */
  takes: string;
  /** Where the caret goes, counted from its beginning. */
  caret: number;
}

const OFFERS_MAX = 8;

/** The functions and names that go on with what is typed. */
export function offers(word: string, functions: readonly MetricFunction[], nodes: readonly TreeNode[]): Offer[] {
  const wanted = word.toLowerCase();
  const isName = word.includes(".") || word.includes("*");
  const found =
    isName || word === ""
      ? []
      : functions
          .filter((one) => [one.name, ...one.aliases].some((name) => name.toLowerCase().startsWith(wanted)))
          .map((one) => ({ text: `${one.name}()`, takes: signature(one), caret: one.name.length + 1 }));
  const names = nodes.map((node) => {
    const text = node.leaf === 1 ? node.id : `${node.id}.`;
    return { text, takes: "", caret: text.length };
  });
  return [...names, ...found].filter((one) => one.text !== word).slice(0, OFFERS_MAX);
}

/** What a function takes: `(seriesList, windowSize, func?)`. */
export function signature({ parameters }: MetricFunction): string {
  const names = parameters.map((one) => `${one.name}${one.is_many ? "..." : one.is_required ? "" : "?"}`);
  return `(${names.join(", ")})`;
}

/** A text with an offer in place of what was typed, and where the caret stands then. */
export function taken(text: string, typed: Typed, offer: Offer): { text: string; caret: number } {
  const end = typed.from + typed.word.length;
  return { text: text.slice(0, typed.from) + offer.text + text.slice(end), caret: typed.from + offer.caret };
}

/** The pattern that finds names which go on with what is typed. */
export function patternOf(word: string): string {
  return word === "" ? "*" : word.endsWith("*") ? word : `${word}*`;
}

/** The pattern that a search in the tree asks for: a part of a name anywhere in the first levels. */
export function searchPatterns(typed: string): string[] {
  const word = typed.trim().replaceAll(/\s+/gu, "*");
  if (word === "") {
    return [];
  }
  return word.includes(".") ? [`${word}*`] : [`*${word}*`, `*.*${word}*`, `*.*.*${word}*`, `*.*.*.*${word}*`];
}
