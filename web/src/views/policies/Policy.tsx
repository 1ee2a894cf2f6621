import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";

import type { Read } from "../../api/edit.ts";
import { policyQuery, useDeletePolicy } from "../../api/policies.ts";
import { words } from "../../api/problem.ts";
import { useMe } from "../../api/session.ts";
import type { Policy as PolicyView } from "../../api/types.ts";
import { ChangesLink } from "../../components/ChangesLink.tsx";
import { DeleteButton } from "../../components/DeleteButton.tsx";
import { lazily } from "../../components/lazily.tsx";
import { useWorld, type World } from "../../components/reached.ts";
import { mayWrite } from "../../components/rights.ts";
import { useViewTitle } from "../../components/title.ts";
import { t } from "../../i18n.ts";
import { ErrorNote, Loading, Note } from "../../ui/Notes.tsx";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import { Ladder } from "./Ladder.tsx";
import css from "./Policy.module.css";
import { useServicesOf } from "./services.ts";

const PolicyForm = lazily(() => import("./PolicyForm.tsx"));

/** One ladder: read it, write it, make a new one. */
export default function Policy() {
  const { id } = useParams();
  return id === undefined || id === "new" ? <New /> : <Present key={id} id={id} />;
}

function New() {
  useViewTitle(t("ui.policy.new"), paths.policies());
  const navigate = useNavigate();
  const world = useWorld();
  return (
    <>
      <Title text={t("ui.policy.new")} />
      {world === undefined ? (
        <Loading rows={4} />
      ) : (
        <PolicyForm
          isOpen
          world={world}
          onDone={(id) => void navigate(paths.policy(id))}
          onCancel={() => void navigate(paths.policies())}
        />
      )}
    </>
  );
}

function Present({ id }: { id: string }) {
  const world = useWorld();
  const { data, error, refetch } = useQuery(policyQuery(id));
  useViewTitle(data?.value.name ?? t("ui.views.policy"), paths.policies());
  if (data === undefined) {
    return (
      <>
        <Title text={t("ui.views.policy")} />
        {error === null ? (
          <Loading rows={4} />
        ) : (
          <ErrorNote title={t("ui.policy.one_failed")} detail={words(error).detail} again={() => void refetch()} />
        )}
      </>
    );
  }
  return (
    <>
      <Title text={data.value.name} />
      {world === undefined ? <Loading rows={4} /> : <Shown read={data} world={world} />}
    </>
  );
}

function Title({ text }: { text: string }) {
  return (
    <>
      <Link className={css.back} to={paths.policies()}>
        {t("ui.views.policies")}
      </Link>
      <h1 className={css.title}>{text}</h1>
    </>
  );
}

function Shown({ read, world }: { read: Read<PolicyView>; world: World }) {
  const me = useMe();
  const policy = read.value;
  const services = useServicesOf(policy.id);
  const [query, setQuery] = useSearchParams();
  // What is edited is what was there when editing began: a hint must not change it under the hand.
  const [edited, setEdited] = useState<Read<PolicyView>>();
  const may = mayWrite(me, policy.team);
  const isEdited = may && query.get("edit") === "1";
  const leave = () => {
    setEdited(undefined);
    setQuery({}, { replace: true });
  };
  if (isEdited) {
    return <PolicyForm isOpen from={edited ?? read} world={world} onDone={leave} onCancel={leave} />;
  }
  return (
    <div className={css.columns}>
      <Section id="ladder" title={t("ui.policy.ladder")} small={t("ui.policy.right_now")}>
        <Ladder id={policy.id} policy={policy} world={world} me={me.user.id} />
      </Section>
      <div>
        <Facts policy={policy} world={world} services={services} />
        {may ? (
          <div className={css.acts}>
            <Button
              onClick={() => {
                setEdited(read);
                setQuery({ edit: "1" }, { replace: true });
              }}
            >
              {t("ui.policy.edit")}
            </Button>
            <Remove policy={policy} />
          </div>
        ) : (
          <p className={css.why}>{t("ui.policy.may_not")}</p>
        )}
      </div>
    </div>
  );
}

interface FactsProps {
  policy: PolicyView;
  world: World;
  services: readonly string[] | undefined;
}

function Facts({ policy, world, services }: FactsProps) {
  return (
    <Section id="facts" title={t("ui.policy.facts")}>
      <dl className={css.facts}>
        <dt>{t("ui.policy.team")}</dt>
        <dd>{world.teams.find((team) => team.id === policy.team)?.name}</dd>
        <dt>{t("ui.policy.services")}</dt>
        <dd>{services?.length === 0 ? t("ui.policy.unused") : services?.join(", ")}</dd>
        <dt>{t("ui.policy.repeat")}</dt>
        <dd>{policy.repeat ?? 0}</dd>
      </dl>
      {services?.length === 0 && <Note>{t("ui.policy.unused_text")}</Note>}
      <ChangesLink id={policy.id} />
    </Section>
  );
}

/** Deletes it, and takes it out of the services that page through it. */
function Remove({ policy }: { policy: PolicyView }) {
  const remove = useDeletePolicy();
  return (
    <DeleteButton
      one={policy}
      remove={remove}
      done={t("ui.policy.deleted", { name: policy.name })}
      to={paths.policies()}
      leaving={{ kind: "policy", id: policy.id }}
    >
      {t("ui.policy.delete_text")}
    </DeleteButton>
  );
}
