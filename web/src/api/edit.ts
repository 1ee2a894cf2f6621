/**
 * Editing what others may edit too. What was read comes with its version; what is saved names the
 * version it was made from, and where that is no longer the present one, nothing is overwritten: both
 * versions are shown, and whoever edits chooses.
 */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { type Answer, ask } from "./client.ts";
import { ApiError } from "./problem.ts";

/** Something as it was read. */
export interface Read<T> {
  value: T;
  /** Its version, to be sent back as `If-Match`. */
  etag: string;
}

/** The answer of a read or a write with its version. */
export async function askRead<T>(call: Promise<Answer<T>>): Promise<Read<T>> {
  const value = await ask(call);
  return { value, etag: (await call).response.headers.get("etag") ?? "" };
}

/** How something is read and written. */
export interface Editing<T, B> {
  read: () => Promise<Read<T>>;
  write: (body: B, etag: string) => Promise<Read<T>>;
  /** From now on this is what stands there, by whoever's choice. */
  onPresent: (present: Read<T>) => void;
}

/** An edit that met another one. */
export interface Clash<T, B> {
  mine: B;
  theirs: Read<T>;
}

/** Saves an edit, and says when it met another one. */
export function useSaving<T, B>({ read, write, onPresent }: Editing<T, B>) {
  const [clash, setClash] = useState<Clash<T, B>>();
  const saving = useMutation({
    meta: { quiet: true },
    mutationFn: async ({ body, etag }: { body: B; etag: string }) => {
      try {
        const present = await write(body, etag);
        setClash(undefined);
        onPresent(present);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== "edited") {
          throw error;
        }
        setClash({ mine: body, theirs: await read() });
      }
    },
  });
  return {
    save: (body: B, etag: string) => {
      saving.mutate({ body, etag });
    },
    isPending: saving.isPending,
    error: saving.error,
    clash,
    /** Over theirs, which one has seen; a third edit would be shown again. */
    keepMine: () => {
      if (clash !== undefined) {
        saving.mutate({ body: clash.mine, etag: clash.theirs.etag });
      }
    },
    takeTheirs: () => {
      if (clash !== undefined) {
        setClash(undefined);
        onPresent(clash.theirs);
      }
    },
  };
}
