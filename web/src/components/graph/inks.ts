/** What a canvas paints with: it knows no style sheet, so the tokens are read for it. */
export interface Inks {
  ground: string;
  grid: string;
  text: string;
  strong: string;
  faint: string;
  series: string;
  limit: string;
  firing: string;
  waiting: string;
  silence: string;
  recovery: string;
  /** The family of the type. */
  family: string;
}

/** Reads the tokens as they hold for an element. */
export function readInks(element: Element): Inks {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--wb-${name}`).trim();
  return {
    ground: token("bg"),
    grid: token("line"),
    text: token("ink-3"),
    strong: token("ink-2"),
    faint: token("ink-3"),
    series: token("series"),
    limit: token("triggered"),
    firing: token("triggered-fill"),
    waiting: token("acked-mark"),
    silence: token("nodata"),
    recovery: token("resolved"),
    family: style.fontFamily,
  };
}

/** Calls back when the theme changes, by choice or by the system; gives what ends it. */
export function onTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
  const forced = matchMedia("(forced-colors: active)");
  forced.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    forced.removeEventListener("change", changed);
  };
}
