/** Saving what a form holds: anew, or over the version it was made from. */
import { type UseMutationResult, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type Read, useSaving } from "../api/edit.ts";
import { keys } from "../api/queries.ts";
import { toast } from "../ui/toasts.ts";

interface Named {
  id: string;
  name: string;
}

interface FormSaving<T extends Named, M extends Named, B> {
  /** What is edited; a new one when undefined. */
  from: Read<T> | undefined;
  read: (id: string) => Promise<Read<T>>;
  write: (id: string, body: B, etag: string) => Promise<Read<T>>;
  create: UseMutationResult<M, Error, B>;
  /** What is said when it is done. */
  said: (name: string, isNew: boolean) => string;
  /** From now on this is what stands there. */
  onPresent: (present: T) => void;
  onDone: (id: string) => void;
}

/** Saves a form, says so, and shows when it met another edit. */
export function useFormSaving<T extends Named, M extends Named, B>(form: FormSaving<T, M, B>) {
  const { from, create, onDone } = form;
  const queries = useQueryClient();
  const [base, setBase] = useState(from);
  const id = from?.value.id ?? "";
  const done = ({ id: made, name }: Named, isNew: boolean) => {
    toast({ glyph: "resolved", tone: "resolved", text: form.said(name, isNew) });
    onDone(made);
  };
  const saving = useSaving({
    read: () => form.read(id),
    write: async (body: B, etag) => {
      const present = await form.write(id, body, etag);
      void queries.invalidateQueries({ queryKey: keys.config });
      done(present.value, false);
      return present;
    },
    onPresent: (present) => {
      setBase(present);
      form.onPresent(present.value);
    },
  });
  return {
    ...saving,
    isPending: saving.isPending || create.isPending,
    error: saving.error ?? create.error,
    run: (body: B) => {
      if (base !== undefined) {
        saving.save(body, base.etag);
        return;
      }
      create.mutate(body, {
        onSuccess: (made) => {
          done(made, true);
        },
      });
    },
  };
}
