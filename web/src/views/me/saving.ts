/** Saving a part of one's own account; what others changed meanwhile in the rest of it stays. */
import { useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { type Read, useSaving } from "../../api/edit.ts";
import { type UserBody, userQuery, withChange, writeUser } from "../../api/me.ts";
import { readUser } from "../../api/people.ts";
import { keys } from "../../api/queries.ts";
import type { User } from "../../api/types.ts";

/** The part that is changed. */
export type UserChange = Partial<UserBody>;

/** Saves a part of the account that was read. */
export function useUserSaving(from: Read<User>, onDone: () => void) {
  const queries = useQueryClient();
  const base = useRef(from);
  const { id } = from.value;
  const saving = useSaving<User, UserChange>({
    read: async () => {
      base.current = await readUser(id);
      return base.current;
    },
    write: (change, etag) => writeUser(id, withChange(base.current.value, change), etag),
    onPresent: (present) => {
      base.current = present;
      queries.setQueryData(userQuery(id).queryKey, present);
      void queries.invalidateQueries({ queryKey: keys.config });
      void queries.invalidateQueries({ queryKey: keys.me });
      onDone();
    },
  });
  return {
    ...saving,
    run: (change: UserChange) => {
      base.current = from;
      saving.save(change, from.etag);
    },
  };
}

/** What {@link useUserSaving} gives. */
export type UserSaving = ReturnType<typeof useUserSaving>;
