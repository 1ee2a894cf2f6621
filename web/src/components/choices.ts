/** What "find or do" offers for a few words. Pure. */
import type { GlyphName } from "../ui/Glyph.tsx";

/** One line of the list. */
export interface Choice {
  id: string;
  glyph: GlyphName;
  tone: string;
  text: string;
  keys?: string | undefined;
  run: () => void;
}

/** What there is, in the order it is offered. */
export interface Choices {
  incidents: readonly Choice[];
  views: readonly Choice[];
  commands: readonly Choice[];
}

/** As many lines as fit without scrolling. */
const AT_MOST = 9;

/** With no words yet, incidents leave room for what else there is. */
const INCIDENTS_FIRST = 4;

/** Whether every word stands somewhere in the text. */
function fits(text: string, query: string): boolean {
  const low = text.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/u)
    .every((word) => low.includes(word));
}

/** Things first, then views, then what can be done. */
export function choose({ incidents, views, commands }: Choices, query: string): Choice[] {
  const written = query.trim();
  if (written === "") {
    return [...incidents.slice(0, INCIDENTS_FIRST), ...views, ...commands].slice(0, AT_MOST);
  }
  return [...incidents, ...views, ...commands].filter((one) => fits(one.text, written)).slice(0, AT_MOST);
}
