/**
 * What can be done here, said once: the keys listen to it, "find or do" offers it, and `?` lists it.
 * The frame says what can be done everywhere, each view what can be done in it.
 */
import { useEffect, useRef } from "react";

import type { GlyphName } from "./Glyph.tsx";
import { reader } from "./keys.ts";

/** Something that can be done. */
export interface Command {
  /** What it does, as `?` lists it. */
  text: string;
  /** By which keys: `a`, `Enter`, or two after each other, as `g i`; none for what is only found. */
  keys?: string;
  /** How "find or do" calls and marks it; not offered there when left out. */
  find?: { text: string; glyph: GlyphName };
  /** Listed, but not possible at present. */
  isOff?: boolean;
  /** Again and again while the key is held, as moving is. */
  repeats?: boolean;
  run: () => void;
}

/** Where a command comes from. */
export type Place = "frame" | "view";

interface Source {
  place: Place;
  commands: readonly Command[];
}

const sources = new Set<Source>();

/** What can be done now, by place; what came last stands first. */
export function commandsOf(place: Place): Command[] {
  return [...sources].reverse().flatMap((source) => (source.place === place ? source.commands : []));
}

function all(): Command[] {
  // A view knows better than the frame what a key means in it.
  return [...commandsOf("view"), ...commandsOf("frame")];
}

const onKey = reader(
  (keys) => {
    const found = all().find((one) => one.keys === keys && one.isOff !== true);
    return (
      found &&
      ((event) => {
        if (!event.repeat || found.repeats === true) {
          found.run();
        }
      })
    );
  },
  (key) => all().some((one) => one.keys?.startsWith(`${key} `) === true),
);

/** Says what can be done as long as the component is there. */
export function useCommands(place: Place, commands: readonly Command[]): void {
  const source = useRef<Source>({ place, commands });
  useEffect(() => {
    source.current.commands = commands;
  });
  useEffect(() => {
    const mine = source.current;
    if (sources.size === 0) {
      document.addEventListener("keydown", onKey);
    }
    sources.add(mine);
    return () => {
      sources.delete(mine);
      if (sources.size === 0) {
        document.removeEventListener("keydown", onKey);
      }
    };
  }, []);
}
