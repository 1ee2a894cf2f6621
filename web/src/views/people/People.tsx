import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { teamsQuery } from "../../api/directory.ts";
import { usersQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import { lazily } from "../../components/lazily.tsx";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading } from "../../ui/Notes.tsx";
import { Section } from "../../ui/Section.tsx";
import css from "./People.module.css";
import { Teams } from "./Teams.tsx";
import { Users } from "./Users.tsx";

const TeamDialog = lazily(() => import("./TeamDialog.tsx"));
const NewDialog = lazily(() => import("./NewDialog.tsx"));
const LinkDialog = lazily(() => import("./LinkDialog.tsx"));

/** Who has an account, and who is in which team. */
export default function People() {
  useViewTitle(t("ui.views.people"));
  const me = useMe();
  const { data: users, error, isPending, refetch } = useQuery(usersQuery);
  const { data: teams } = useQuery(teamsQuery);
  const [adding, setAdding] = useState<"user" | "team">();
  const [linked, setLinked] = useState<{ id: string; name: string }>();
  return (
    <>
      <header className={css.head}>
        <h1>{t("ui.views.people")}</h1>
        {me.is_admin && (
          <div className={css.acts}>
            <Button
              onClick={() => {
                setAdding("team");
              }}
            >
              {t("ui.people.new_team")}
            </Button>
            <Button
              onClick={() => {
                setAdding("user");
              }}
            >
              {t("ui.people.new_user")}
            </Button>
          </div>
        )}
      </header>
      {isPending && <Loading rows={6} />}
      {users === undefined && error !== null && (
        <ErrorNote title={t("ui.people.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {users !== undefined && (
        <div className={css.parts}>
          <Section id="users" title={t("ui.people.users")} small={t("ui.people.count", { count: users.items.length })}>
            <Users users={users.items} teams={teams?.items ?? []} onLink={setLinked} />
          </Section>
          <Section id="teams" title={t("ui.people.teams")}>
            <Teams users={users.items} teams={teams?.items ?? []} />
          </Section>
        </div>
      )}
      <NewDialog
        isOpen={adding === "user"}
        onClose={() => {
          setAdding(undefined);
        }}
        onMade={(made) => {
          setLinked(made);
          setAdding(undefined);
        }}
      />
      <TeamDialog
        isOpen={adding === "team"}
        from={undefined}
        onClose={() => {
          setAdding(undefined);
        }}
      />
      {linked !== undefined && (
        <LinkDialog
          key={linked.id}
          isOpen
          user={linked}
          onClose={() => {
            setLinked(undefined);
          }}
        />
      )}
    </>
  );
}
