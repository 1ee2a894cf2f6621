import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { onCallQuery, policiesQuery } from "../../api/oncall.ts";
import type { Service } from "../../api/services.ts";
import { useMe } from "../../api/session.ts";
import { useWatches, type Watch } from "../../components/onCall.ts";
import { type Around, peopleOf, type Reached, rungs, useAround } from "../../components/reached.ts";
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

/** The ladder of the service's policy, with the people it means right now. */
export function PagesGoTo({ service }: { service: Service }) {
  const { data: policies } = useQuery(policiesQuery);
  const around = useAround();
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
      {service.policy != null && (around === undefined || policies === undefined) && <Loading rows={2} />}
      {policy !== undefined && around !== undefined && (
        <Ladder steps={policy.steps} repeat={policy.repeat ?? 0} around={around} />
      )}
    </Section>
  );
}

interface LadderProps {
  steps: Parameters<typeof rungs>[0]["steps"];
  repeat: number;
  around: Around;
}

function Ladder({ steps, repeat, around }: LadderProps) {
  const { data: onCall } = useQuery(onCallQuery);
  const watches = useWatches(onCall?.items ?? []);
  const all = rungs({ steps }, around);
  return (
    <ol className={css.ladder}>
      {all.map((rung, index) => (
        <li key={index} data-n={index + 1}>
          <b>{rung.afterS === 0 ? t("ui.service.at_once") : t("ui.service.after", { after: span(rung.afterS * 1_000) })}</b>
          {rung.reached.map((one, at) => (
            <Told key={at} reached={one} watches={watches} />
          ))}
          {peopleOf(rung).length === 0 && rung.reached.every((one) => one.kind !== "endpoint") && (
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

function Told({ reached, watches }: { reached: Reached; watches: readonly Watch[] }) {
  const me = useMe().user.id;
  const now = useNow();
  const watch = reached.kind === "schedule" ? watches.find((one) => one.now.schedule.name === reached.via) : undefined;
  const until = watch === undefined ? undefined : untilOf(watch.ahead, now);
  return (
    <div className={css.told}>
      {reached.people.map((person) => (
        <Owner key={person.id} person={person} me={me} />
      ))}
      <span className={css.via}>
        {reached.kind === "admins" ? t("ui.service.admins") : reached.via}
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
