import { Fragment, type ReactNode } from "react";

import { t, type TextKey } from "../i18n.ts";

interface SayProps {
  /** The key of the sentence. */
  k: TextKey;
  /** What goes into its placeholders: text, or parts of the page such as a bold name. */
  values: Record<string, ReactNode>;
  /** For a sentence with a plural. */
  count?: number;
}

/** Never part of a text. */
const MARK = "\u0000";

/**
 * A sentence of the catalogue with parts of the page in its placeholders. What people wrote goes in
 * as text and is never read as markup.
 */
export function Say({ k, values, count }: SayProps) {
  const holes = Object.fromEntries(Object.keys(values).map((name) => [name, MARK + name + MARK]));
  const text = t(k, { ...holes, ...(count === undefined ? {} : { count }) });
  return text
    .split(MARK)
    .map((part, index) => <Fragment key={index}>{index % 2 === 0 ? part : values[part]}</Fragment>);
}
