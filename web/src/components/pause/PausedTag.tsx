import type { User } from "../../api/types.ts";
import { useNow } from "../../ui/now.ts";
import { Say } from "../../ui/Say.tsx";
import { When } from "../../ui/Times.tsx";
import { pauseOf } from "./model.ts";
import css from "./Pause.module.css";

/** Beside somebody's name: that nobody pages them, and until when. Nothing for who is not paused. */
export function PausedTag({ user }: { user: Pick<User, "paused_until"> | undefined }) {
  const until = pauseOf(user, useNow());
  return (
    until !== undefined && (
      <span className={css.tag}>
        <Say k="ui.pause.tag" values={{ until: <When at={until} /> }} />
      </span>
    )
  );
}
