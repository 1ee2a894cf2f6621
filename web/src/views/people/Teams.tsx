import { Button } from "@mantine/core";
import { useState } from "react";

import { etagOf } from "../../api/directory.ts";
import type { Read } from "../../api/edit.ts";
import { type Role, type Team, useDeleteTeam, useSetMember } from "../../api/people.ts";
import { useMe } from "../../api/session.ts";
import type { User } from "../../api/types.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { DeleteButton } from "../../components/DeleteButton.tsx";
import { lazily } from "../../components/lazily.tsx";
import { mayManage } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { toast } from "../../ui/toasts.ts";
import css from "./People.module.css";
import { RoleSelect } from "./RoleSelect.tsx";

const TeamDialog = lazily(() => import("./TeamDialog.tsx"));

interface TeamsProps {
  users: readonly User[];
  teams: readonly Team[];
}

/** Every team with its members and what each may do in it. */
export function Teams({ users, teams }: TeamsProps) {
  return (
    <ul className={css.teams}>
      {teams.map((team) => (
        <li key={team.id}>
          <h3>{team.name}</h3>
          {team.description !== undefined && team.description !== "" && <p className="wb-dim">{team.description}</p>}
          <Members team={team} users={users} />
          <Acts team={team} users={users} />
        </li>
      ))}
    </ul>
  );
}

/** Renames a team; deletes it, once nobody is in it and nothing belongs to it. */
function Acts({ team, users }: { team: Team; users: readonly User[] }) {
  const me = useMe();
  const remove = useDeleteTeam();
  // What is edited is what was there when editing began: a hint must not change it under the hand.
  const [edited, setEdited] = useState<Read<Team>>();
  const names = users.filter((user) => user.teams.some((one) => one.team === team.id)).map((user) => user.name);
  return (
    <div className={css.teamActs}>
      {mayManage(me, team.id) && (
        <Button
          onClick={() => {
            setEdited({ value: team, etag: etagOf(team.version) });
          }}
        >
          {t("ui.people.edit")}
          <span className="wb-sr">{team.name}</span>
        </Button>
      )}
      {me.is_admin && (
        <DeleteButton
          one={team}
          remove={remove}
          done={t("ui.people.team_deleted", { name: team.name })}
          to={paths.people()}
          why={names.length === 0 ? undefined : t("ui.people.team_has", { names: names.join(", "), count: names.length })}
        >
          {t("ui.people.team_delete_text")}
        </DeleteButton>
      )}
      <ChangesLink id={team.id} of={team.name} />
      {edited !== undefined && (
        <TeamDialog
          key={edited.etag}
          isOpen
          from={edited}
          onClose={() => {
            setEdited(undefined);
          }}
        />
      )}
    </div>
  );
}

function Members({ team, users }: { team: Team; users: readonly User[] }) {
  const me = useMe();
  const may = mayManage(me, team.id);
  const set = useSetMember();
  const roleOf = (user: User) => user.teams.find((one) => one.team === team.id)?.role ?? null;
  const members = users.filter((user) => roleOf(user) !== null);
  const others = users.filter((user) => roleOf(user) === null && user.active);
  const change = (user: User, role: Role | null) => {
    const before = roleOf(user);
    set.mutate(
      { team: team.id, user: user.id, role },
      {
        onSuccess: () => {
          if (role === null) {
            toast({
              about: `${team.id} ${user.id}`,
              glyph: "stopped",
              tone: "dim",
              text: t("ui.people.left", { name: user.name, team: team.name }),
              action: {
                label: t("ui.act.undo"),
                run: () => {
                  set.mutate({ team: team.id, user: user.id, role: before });
                },
              },
            });
          }
        },
      },
    );
  };
  return (
    <>
      {members.length === 0 && <p className="wb-triggered">{t("ui.people.nobody_in")}</p>}
      <ul className={css.members}>
        {members.map((user) => (
          <li key={user.id}>
            <Owner person={user} me={me.user.id} />
            {may ? (
              <RoleSelect
                label={t("ui.people.role_in", { name: user.name, team: team.name })}
                role={roleOf(user)}
                none={t("ui.people.take_out")}
                onChange={(role) => {
                  change(user, role);
                }}
              />
            ) : (
              <span className="wb-dim">{t(`ui.people.roles.${roleOf(user) ?? "none"}`)}</span>
            )}
          </li>
        ))}
      </ul>
      {may && others.length > 0 && (
        <select
          className={css.select}
          aria-label={t("ui.people.add_to", { team: team.name })}
          value=""
          onChange={(event) => {
            const user = others.find((one) => one.id === event.currentTarget.value);
            if (user !== undefined) {
              change(user, "member");
            }
          }}
        >
          <option value="">{t("ui.people.add_member")}</option>
          {others.map((user) => (
            <option key={user.id} value={user.id}>
              {user.name}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
