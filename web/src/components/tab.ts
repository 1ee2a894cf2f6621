import { useEffect } from "react";

import type { Incident } from "../api/types.ts";
import { t } from "../i18n.ts";
import { useShownTitle } from "./title.ts";

/** The marks of the favicon; the colours are those of a light theme, readable on any tab. */
const MARKS = {
  triggered: '<path d="M8 1.3 15.4 14.4H.6z" fill="#D9382B"/><path d="M8 5.6v4.2M8 11.7v.9" stroke="#fff" stroke-width="1.7"/>',
  acknowledged:
    '<circle cx="8" cy="8" r="6.2" fill="none" stroke="#C98A12" stroke-width="1.7"/><path d="M8 3.6a4.4 4.4 0 0 0 0 8.8z" fill="#C98A12"/>',
};

/** The tab tells the state: `(2) INC-2481 triggered`, with the glyph of the worst. */
export function useTabTitle(open: readonly Incident[] | undefined): void {
  const { text } = useShownTitle();
  const triggered = (open ?? []).filter((one) => one.state === "triggered");
  const only = triggered.length === 1 ? triggered[0]?.number : undefined;
  const count = triggered.length;
  const worst = count > 0 ? "triggered" : (open ?? []).length > 0 ? "acknowledged" : undefined;
  useEffect(() => {
    const view = text === "" ? t("ui.product") : t("ui.tab.view", { view: text });
    document.title =
      count === 0
        ? view
        : only === undefined
          ? t("ui.tab.triggered", { n: count, view })
          : t("ui.tab.one", { number: only, view });
  }, [text, count, only]);
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon !== null) {
      icon.href =
        worst === undefined
          ? "/favicon.svg"
          : `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${MARKS[worst]}</svg>`)}`;
    }
  }, [worst]);
}
