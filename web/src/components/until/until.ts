/** What somebody chose as the end of something that begins now. */
import { useState } from "react";

import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { useZone } from "../../ui/zone.ts";
import { type Choice, ownText, untilOf, wrong } from "./model.ts";

/** Keeps what was chosen, and says when that is and what is wrong with it. */
export function useUntil(first: Choice, longestDays: number) {
  const now = useNow();
  const zone = useZone();
  const [choice, setChoice] = useState<Choice>(first);
  const [own, setOwn] = useState(() => ownText(now, zone));
  const until = untilOf(choice, own, now, zone);
  const why = wrong(until, now, longestDays);
  return {
    choice,
    own,
    now,
    zone,
    setChoice,
    setOwn,
    /** The moment; undefined while it is none that can be taken. */
    until: why === undefined ? until : undefined,
    /** What is wrong with it, in words. */
    why: why === undefined ? undefined : t(`ui.until.wrong.${why}`, { days: longestDays }),
  };
}

/** What {@link useUntil} gives. */
export type Until = ReturnType<typeof useUntil>;
