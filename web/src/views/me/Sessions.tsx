import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { type Session, sessionsQuery, useEndSession } from "../../api/me.ts";
import { words } from "../../api/problem.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { Say } from "../../ui/Say.tsx";
import { Section } from "../../ui/Section.tsx";
import { When } from "../../ui/Times.tsx";
import css from "./Me.module.css";
import { browserOf } from "./model.ts";

/** Where one is signed in, and the way to end it. */
export function Sessions() {
  const { data, error, refetch } = useQuery(sessionsQuery);
  const end = useEndSession();
  const sessions = data?.items ?? [];
  const others = sessions.filter((one) => !one.current).length;
  return (
    <Section
      id="sessions"
      title={t("ui.me.sessions")}
      right={
        others > 0 && (
          <Button
            loading={end.isPending && end.variables === undefined}
            onClick={() => {
              end.mutate(undefined);
            }}
          >
            {t("ui.me.end_others", { count: others })}
          </Button>
        )
      }
    >
      {data === undefined && error === null && <Loading rows={2} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.me.sessions_failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      <ul className={css.list}>
        {sessions.map((session) => (
          <li key={session.id}>
            <div className={css.what}>
              <h3>
                {nameOf(session)}
                {session.current && <span className={css.tag}>{t("ui.me.this_session")}</span>}
              </h3>
              <p className="wb-dim">
                <Say
                  k={session.remote == null ? "ui.me.session_line" : "ui.me.session_line_from"}
                  values={{
                    from: session.remote,
                    since: <When at={session.created_at} />,
                    seen: <When at={session.last_seen_at} />,
                  }}
                />
              </p>
            </div>
            {!session.current && (
              <Button
                variant="subtle"
                aria-label={t("ui.me.end_one", { name: nameOf(session) })}
                loading={end.isPending && end.variables === session.id}
                onClick={() => {
                  end.mutate(session.id);
                }}
              >
                {t("ui.me.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function nameOf({ user_agent: agent }: Session): string {
  const { browser, system } = browserOf(agent);
  if (browser === "") {
    return agent ?? t("ui.me.some_browser");
  }
  return system === "" ? browser : t("ui.me.browser_on", { browser, system });
}
