import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { policiesQuery } from "../../api/oncall.ts";
import type { PolicyBody } from "../../api/policies.ts";
import type { Service } from "../../api/services.ts";
import { useMe } from "../../api/session.ts";
import { stepTexts } from "../../components/conditions.ts";
import { useWatches, type Watch } from "../../components/onCall.ts";
import { PausedTag } from "../../components/pause/PausedTag.tsx";
import { peopleOf, times, told, type Told, useWorld, type World } from "../../components/reached.ts";
import { untilOf } from "../../components/shifts.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Loading, Note } from "../../ui/Notes.tsx";
import { useNow } from "../../ui/now.ts";
import { Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { Section } from "../../ui/Section.tsx";
import { span } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import css from "./PagesGoTo.module.css";

const SECOND = 1_000;

/** The ladder of the service's policy, with the people it means right now. */
export function PagesGoTo({ service }: { service: Service }) {
  const { data: policies } = useQuery(policiesQuery);
  const world = useWorld();
  const policy = policies?.items.find((one) => one.id === service.policy);
  return (
    <Section
      id="pages"
      title={t("ui.service.pages_go")}
      small={t("ui.service.right_now")}
      right={
        policy !== undefined && (
          <Link className={`wb-link ${css.link}`} to={paths.policy(policy.id)}>
            {policy.name}
          </Link>
        )
      }
    >
      {service.policy == null && <Note>{t("ui.service.no_policy")}</Note>}
      {service.policy != null && service.urgency === "none" && <Note>{t("ui.service.urgency_none")}</Note>}
      {service.policy != null && (world === undefined || policies === undefined) && <Loading rows={2} />}
      {policy !== undefined && world !== undefined && (
        <Ladder steps={policy.steps} repeat={policy.repeat ?? 0} world={world} />
      )}
    </Section>
  );
}

interface LadderProps {
  steps: PolicyBody["steps"];
  repeat: number;
  world: World;
}

function Ladder({ steps, repeat, world }: LadderProps) {
  const watches = useWatches(world.onCall);
  const at = times(steps);
  return (
    <ol className={css.ladder}>
      {steps.map((step, index) => (
        <li key={index} data-n={index + 1}>
          <b>{index === 0 ? t("ui.service.at_once") : t("ui.service.after", { after: span((at[index] ?? 0) * SECOND) })}</b>
          {stepTexts(step).map((text) => (
            <span key={text} className={css.special}>
              {text}
            </span>
          ))}
          {step.targets.map((target, place) => (
            <Line key={place} told={told(target, world)} watches={watches} />
          ))}
          {peopleOf(step.targets, world).length === 0 && step.targets.every((one) => one.type !== "endpoint") && (
            <span className={css.nobody}>
              <Glyph name="failed" />
              {t("ui.service.reaches_nobody")}
            </span>
          )}
        </li>
      ))}
      {repeat > 0 && (
        <li data-n="↻">
          <b>{t("ui.service.again", { count: repeat })}</b>
        </li>
      )}
    </ol>
  );
}

function Line({ told: one, watches }: { told: Told; watches: readonly Watch[] }) {
  const me = useMe().user.id;
  const now = useNow();
  const watch = one.kind === "schedule" ? watches.find((it) => it.now.schedule.id === one.id) : undefined;
  const until = watch === undefined ? undefined : untilOf(watch.ahead, now);
  return (
    <div className={css.told}>
      {one.people.map((person) => (
        <Owner key={person.id} person={person} me={me} />
      ))}
      {one.paused.map((person) => (
        <span key={person.id} className={css.special}>
          {person.name} <PausedTag user={person} />
        </span>
      ))}
      <span className={css.via}>
        {one.kind === "admins" ? t("ui.service.admins") : one.kind === "user" ? "" : one.name}
        {until !== undefined && (
          <>
            {" "}
            {t("ui.on_call.until")} <When at={until} />
          </>
        )}
      </span>
    </div>
  );
}
