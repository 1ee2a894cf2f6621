import { useQuery } from "@tanstack/react-query";

import { channelsQuery, userQuery } from "../../api/me.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { PausedStrip } from "../../components/pause/PausedStrip.tsx";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { About } from "./About.tsx";
import css from "./Me.module.css";
import { Methods } from "./Methods.tsx";
import { Password } from "./Password.tsx";
import { Pause } from "./Pause.tsx";
import { Rules } from "./Rules.tsx";
import { Sessions } from "./Sessions.tsx";
import { Tokens } from "./Tokens.tsx";

/** Myself: how pages reach me, what rings when, and what lets me in. */
export default function Me() {
  useViewTitle(t("ui.views.me"));
  const me = useMe();
  const { data: read, error, refetch } = useQuery(userQuery(me.user.id));
  const { data: channels } = useQuery(channelsQuery);
  return (
    <>
      <header className={css.head}>
        <h1>{me.user.name}</h1>
        <p className="wb-dim">{t("ui.views.me")}</p>
      </header>
      {read === undefined && error === null && <Loading rows={6} />}
      {read === undefined && error !== null && (
        <ErrorNote title={t("ui.me.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {read !== undefined && (
        <>
          <PausedStrip user={read.value} />
          <div className={css.columns}>
            <div className={css.parts}>
              <Methods read={read} channels={channels?.items ?? []} />
              <Rules read={read} channels={channels?.items ?? []} />
            </div>
            <div className={css.parts}>
              <About read={read} isAdmin={me.is_admin} />
              <Pause user={read.value} />
              <Sessions />
              <Tokens />
              <Password />
            </div>
          </div>
        </>
      )}
    </>
  );
}
