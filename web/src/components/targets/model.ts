/** Completing a target expression while it is typed. Pure. */
import type { MetricFunction, TreeNode } from "../../api/metrics.ts";

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
