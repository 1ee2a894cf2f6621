/** What somebody types and has not sent yet: kept for this tab, so that no reload and no way loses it. */
import { useState } from "react";

const PREFIX = "watchbell.draft.";

function read(key: string): string {
  try {
    return sessionStorage.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, text: string): void {
  try {
    if (text === "") {
      sessionStorage.removeItem(PREFIX + key);
    } else {
      sessionStorage.setItem(PREFIX + key, text);
    }
  } catch {
    // Storage may be off or full: the text still stands in its field.
  }
}

/** The text of a field that survives a reload; the key names what it is about. */
export function useDraft(key: string): [string, (text: string) => void] {
  const [draft, setDraft] = useState({ key, text: read(key) });
  const text = draft.key === key ? draft.text : read(key);
  const set = (next: string) => {
    write(key, next);
    setDraft({ key, text: next });
  };
  return [text, set];
}

/** Forgets all of them, as when somebody signs out. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX))) {
      sessionStorage.removeItem(key);
    }
  } catch {
    // Then none was kept.
  }
}
