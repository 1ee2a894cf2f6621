import i18next, { type ParseKeys } from "i18next";

// Only the parts people see here: the bundler leaves the rest of the catalogue out.
import { severity, state, ui } from "../../catalogue/en.json";

const texts = { severity, state, ui };

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof texts };
  }
}

/** A key of the catalogue. */
export type TextKey = ParseKeys;

void i18next.init({
  lng: "en",
  resources: { en: { translation: texts } },
  // The texts are here already, and React escapes what is put into them.
  initAsync: false,
  // The console is for errors.
  showSupportNotice: false,
  interpolation: { escapeValue: false },
});

/** The text of a key with its placeholders filled in. */
export const t: typeof i18next.t = i18next.t.bind(i18next);

/** The text of a key that is put together at run time; undefined where the catalogue has none. */
export function tIfKnown(key: string, values: Record<string, unknown> = {}): string | undefined {
  const text = i18next.exists(key) ? (i18next.t as (key: string, values: object) => unknown)(key, values) : undefined;
  return typeof text === "string" ? text : undefined;
}
