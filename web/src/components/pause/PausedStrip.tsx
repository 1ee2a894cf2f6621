import { usePause } from "../../api/pause.ts";
import type { User } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { Note } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { Say } from "../../ui/Say.tsx";
import { In, When } from "../../ui/Times.tsx";
import { pauseOf } from "./model.ts";
import css from "./Pause.module.css";

/** Says to whoever is paused that nobody pages them, and lets them end that. */
export function PausedStrip({ user }: { user: Pick<User, "id" | "paused_until"> | undefined }) {
  const until = pauseOf(user, useNow());
  const pause = usePause(user?.id ?? "");
  if (until === undefined) {
    return null;
  }
  return (
    <div className={css.strip} role="status">
      <Note>
        <Say
          k="ui.pause.you_are"
          values={{
            until: (
              <b>
                <When at={until} />
              </b>
            ),
            left: <In at={until} />,
          }}
        />{" "}
        <button
          type="button"
          className="wb-link"
          aria-disabled={pause.isPending}
          onClick={() => {
            if (!pause.isPending) {
              pause.mutate(null);
            }
          }}
        >
          {t("ui.pause.end")}
        </button>
      </Note>
    </div>
  );
}
