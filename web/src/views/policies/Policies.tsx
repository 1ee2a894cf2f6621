import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { servicesQuery } from "../../api/directory.ts";
import { policiesQuery } from "../../api/oncall.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { Policy } from "../../api/types.ts";
import { peopleOf, times, useWorld, type World } from "../../components/reached.ts";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { Empty, ErrorNote, Loading } from "../../ui/Notes.tsx";
import { Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import css from "./Policies.module.css";
import { atText, nameOfTarget } from "./words.ts";

/** Every ladder, and whom it would wake first right now. */
export default function Policies() {
  useViewTitle(t("ui.views.policies"));
  const me = useMe();
  const world = useWorld();
  const { data, error, isPending, refetch } = useQuery(policiesQuery);
  const { data: services } = useQuery(servicesQuery);
  const mayAdd = world?.teams.some((team) => mayWrite(me, team.id)) === true;
  return (
    <>
      <header className={css.head}>
        <div>
          <h1>{t("ui.views.policies")}</h1>
          <p className="wb-dim">{t("ui.policy.intro")}</p>
        </div>
        {mayAdd && (
          <Button component={Link} to={paths.newPolicy()}>
            {t("ui.policy.new")}
          </Button>
        )}
      </header>
      {(isPending || (data !== undefined && world === undefined)) && <Loading rows={4} />}
      {data === undefined && error !== null && (
        <ErrorNote title={t("ui.policy.failed")} detail={words(error).detail} again={() => void refetch()} />
      )}
      {data?.items.length === 0 && <Empty title={t("ui.policy.none")} text={t("ui.policy.none_text")} />}
      {data !== undefined && data.items.length > 0 && world !== undefined && (
        <ul className={css.list}>
          {data.items.map((policy) => (
            <Row
              key={policy.id}
              policy={policy}
              world={world}
              me={me.user.id}
              services={services?.items.filter((service) => service.policy === policy.id).map((one) => one.name)}
            />
          ))}
        </ul>
      )}
    </>
  );
}

interface RowProps {
  policy: Policy;
  world: World;
  me: string;
  services: readonly string[] | undefined;
}

function Row({ policy, world, me, services }: RowProps) {
  const first = peopleOf(policy.steps[0]?.targets ?? [], world);
  const at = times(policy.steps);
  return (
    <li className={css.row}>
      <div>
        <Link className={css.name} to={paths.policy(policy.id)}>
          {policy.name}
        </Link>
        <p className={css.small}>
          {t("ui.policy.of_team", { team: world.teams.find((team) => team.id === policy.team)?.name ?? "" })}
          {services !== undefined &&
            ` · ${services.length === 0 ? t("ui.policy.unused") : t("ui.policy.used_by", { names: services.join(", ") })}`}
        </p>
      </div>
      <div className={css.first}>
        <span className={css.label}>{t("ui.policy.first_now")}</span>
        {first.length === 0 ? (
          <b className="wb-triggered">{t("ui.on_call.nobody")}</b>
        ) : (
          first.slice(0, 2).map((person) => <Owner key={person.id} person={person} me={me} />)
        )}
        {first.length > 2 && <span className="wb-dim">{t("ui.policy.more_people", { count: first.length - 2 })}</span>}
      </div>
      <ol className={css.steps}>
        {policy.steps.map((step, index) => (
          <li key={index}>
            <b>{atText(at[index] ?? 0)}</b> {step.targets.map((target) => nameOfTarget(target, world)).join(", ")}
          </li>
        ))}
      </ol>
    </li>
  );
}
