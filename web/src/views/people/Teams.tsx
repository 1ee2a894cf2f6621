import { type Role, useSetMember } from "../../api/people.ts";
import { useMe } from "../../api/session.ts";
import type { Ref, User } from "../../api/types.ts";
import { mayManage } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { Owner } from "../../ui/Owner.tsx";
import { toast } from "../../ui/toasts.ts";
import css from "./People.module.css";
import { RoleSelect } from "./RoleSelect.tsx";

type Team = Ref & { description?: string };

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
        </li>
      ))}
    </ul>
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
              text: t("ui.people.left", { name: user.name, team: team.name ?? "" }),
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
                label={t("ui.people.role_in", { name: user.name, team: team.name ?? "" })}
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
          aria-label={t("ui.people.add_to", { team: team.name ?? "" })}
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
