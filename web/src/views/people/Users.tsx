import { Button } from "@mantine/core";
import { useState } from "react";

import { usePause } from "../../api/pause.ts";
import { useDeleteUser, useSetAccess } from "../../api/people.ts";
import { useMe } from "../../api/session.ts";
import type { Ref, User } from "../../api/types.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { DeleteButton } from "../../components/DeleteButton.tsx";
import { lazily } from "../../components/lazily.tsx";
import { pauseOf } from "../../components/pause/model.ts";
import { PausedTag } from "../../components/pause/PausedTag.tsx";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { city } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import css from "./People.module.css";
import { NeverRings } from "./NeverRings.tsx";
import { RoleSelect } from "./RoleSelect.tsx";
import { Unconfirmed } from "./Unconfirmed.tsx";

const DeactivateDialog = lazily(() => import("./DeactivateDialog.tsx"));
const PauseDialog = lazily(() => import("../../components/pause/PauseDialog.tsx"));

interface UsersProps {
  users: readonly User[];
  teams: readonly Ref[];
  onLink: (user: User) => void;
}

/** Everybody with an account: what they may do, and for admins, letting them in and keeping them out. */
export function Users({ users, teams, onLink }: UsersProps) {
  const me = useMe();
  return (
    <table className={css.users}>
      <thead>
        <tr>
          <th scope="col">{t("ui.people.name")}</th>
          <th scope="col">{t("ui.people.email")}</th>
          <th scope="col">{t("ui.people.zone")}</th>
          <th scope="col">{t("ui.people.teams")}</th>
          <th scope="col">{t("ui.people.everywhere")}</th>
          {me.is_admin && (
            <th scope="col">
              <span className="wb-sr">{t("ui.override.acts")}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <Line key={user.id} user={user} teams={teams} onLink={onLink} />
        ))}
      </tbody>
    </table>
  );
}

function Line({ user, teams, onLink }: Omit<UsersProps, "users"> & { user: User }) {
  const me = useMe();
  const access = useSetAccess();
  const role = user.role ?? null;
  const isMe = user.id === me.user.id;
  const names = user.teams.map((one) => teams.find((team) => team.id === one.team)?.name).filter((name) => name != null);
  const setActive = (active: boolean) => {
    access.mutate(
      { user, role, active },
      {
        onSuccess: (present) => {
          toast({
            about: user.id,
            glyph: active ? "resolved" : "stopped",
            tone: active ? "resolved" : "dim",
            text: active ? t("ui.people.is_active", { name: user.name }) : t("ui.people.is_inactive", { name: user.name }),
            action: {
              label: t("ui.act.undo"),
              run: () => {
                access.mutate({ user: present, role, active: !active });
              },
            },
          });
        },
      },
    );
  };
  return (
    <tr className={user.active ? undefined : css.inactive}>
      <td>
        <Owner person={user} me={me.user.id} />
        <span className={css.paused}>
          <PausedTag user={user} />
        </span>
        {!user.active && <span className={css.tag}>{t("ui.people.inactive")}</span>}
        {me.is_admin && <Unconfirmed user={user} />}
        {me.is_admin && user.active && <NeverRings user={user} />}
      </td>
      <td className="wb-dim">{user.email}</td>
      <td className="wb-dim">{city(user.zone)}</td>
      <td className="wb-dim">{names.length === 0 ? t("ui.people.no_team") : names.join(", ")}</td>
      <td>
        {me.is_admin && !isMe ? (
          <RoleSelect
            label={t("ui.people.role_of", { name: user.name })}
            role={role}
            none={t("ui.people.roles.none")}
            onChange={(next) => {
              access.mutate({ user, role: next, active: user.active });
            }}
          />
        ) : (
          t(`ui.people.roles.${role ?? "none"}`)
        )}
      </td>
      {me.is_admin && (
        <td className={css.rowActs}>
          <ChangesLink id={user.id} of={user.name} />
          {!isMe && (
            <>
              {user.active && <PauseButton user={user} />}
              {user.active && (
                <Button
                  aria-label={t("ui.people.link_for", { name: user.name })}
                  onClick={() => {
                    onLink(user);
                  }}
                >
                  {t("ui.people.link")}
                </Button>
              )}
              {user.active ? (
                <DeactivateButton
                  user={user}
                  isPending={access.isPending}
                  onDeactivate={() => {
                    setActive(false);
                  }}
                />
              ) : (
                <>
                  <Button
                    aria-label={t("ui.people.activate_one", { name: user.name })}
                    loading={access.isPending}
                    onClick={() => {
                      setActive(true);
                    }}
                  >
                    {t("ui.people.activate")}
                  </Button>
                  <Remove user={user} />
                </>
              )}
            </>
          )}
        </td>
      )}
    </tr>
  );
}

interface DeactivateButtonProps {
  user: User;
  isPending: boolean;
  onDeactivate: () => void;
}

/** Keeps somebody out; says who is affected first. */
function DeactivateButton({ user, isPending, onDeactivate }: DeactivateButtonProps) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <>
      <Button
        aria-label={t("ui.people.deactivate_one", { name: user.name })}
        loading={isPending}
        onClick={() => {
          setIsAsked(true);
        }}
      >
        {t("ui.people.deactivate")}
      </Button>
      <DeactivateDialog
        isOpen={isAsked}
        user={user}
        onClose={() => {
          setIsAsked(false);
        }}
        onDeactivate={onDeactivate}
      />
    </>
  );
}

/** Deletes somebody who is kept out already, for good. */
function Remove({ user }: { user: User }) {
  return (
    <DeleteButton
      one={user}
      remove={useDeleteUser()}
      done={t("ui.people.deleted", { name: user.name })}
      to={paths.people()}
      leaving={{ kind: "user", id: user.id }}
    >
      {t("ui.people.delete_text")}
    </DeleteButton>
  );
}

/** Lets somebody be, or ends that. */
function PauseButton({ user }: { user: User }) {
  const [isAsked, setIsAsked] = useState(false);
  const pause = usePause(user.id);
  const isPaused = pauseOf(user, useNow()) !== undefined;
  return (
    <>
      <Button
        aria-label={t(isPaused ? "ui.pause.end_of" : "ui.pause.ask_of", { name: user.name })}
        loading={pause.isPending}
        onClick={() => {
          if (isPaused) {
            pause.mutate(null);
          } else {
            setIsAsked(true);
          }
        }}
      >
        {t(isPaused ? "ui.pause.end" : "ui.pause.ask")}
      </Button>
      {isAsked && (
        <PauseDialog
          isOpen
          user={user}
          onClose={() => {
            setIsAsked(false);
          }}
        />
      )}
    </>
  );
}
