import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { changesQuery, policyQuery } from "../../api/incidents.ts";
import type { Change, IncidentDetail } from "../../api/types.ts";
import { useHeld } from "../../components/held.ts";
import { t, tIfKnown } from "../../i18n.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { In, When } from "../../ui/Times.tsx";
import css from "./Facts.module.css";
import { linksOf } from "./model.ts";
import { TakeOvers } from "./TakeOvers.tsx";

/** What else is known about it, small. */
export function Facts({ incident }: { incident: IncidentDetail }) {
  const { summary } = incident;
  const links = linksOf(incident.alerts);
  return (
    <aside className={css.side} aria-label={t("ui.facts.label")}>
      <dl className={css.facts}>
        <Fact term={t("ui.facts.service")} small={incident.team.name}>
          <Link className="wb-link" to={paths.incidents(`service=${incident.service.id}`)} title={t("ui.facts.of_service")}>
            {incident.service.name}
          </Link>
        </Fact>
        <Fact term={t("ui.facts.urgency")} small={t(`ui.urgency.${incident.urgency}_means`)}>
          {t(`ui.urgency.${incident.urgency}`)}
        </Fact>
        <PolicyFact incident={incident} />
        <NextFact incident={incident} />
        <TakeOvers incident={incident} />
        <Merged incident={incident} />
        {summary !== "" && summary !== incident.title && (
          <Fact term={t("ui.facts.summary")}>
            <span className={css.summary}>{summary}</span>
          </Fact>
        )}
        {links.length > 0 && (
          <Fact term={t("ui.facts.links")}>
            <ul className={css.links}>
              {links.map(({ href, text }) => (
                <li key={href}>
                  <a className="wb-link" href={href} target="_blank" rel="noreferrer">
                    {text}
                  </a>
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact term={t("ui.facts.opened")}>
          <When at={incident.opened_at} seconds />
        </Fact>
        <Changes service={incident.service.id} />
      </dl>
    </aside>
  );
}

interface FactProps {
  term: string;
  small?: ReactNode;
  children: ReactNode;
}

function Fact({ term, small, children }: FactProps) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {children}
        {small !== undefined && <small>{small}</small>}
      </dd>
    </div>
  );
}

/** The policy it holds, and how far it has climbed. */
function PolicyFact({ incident }: { incident: IncidentDetail }) {
  const { policy } = incident;
  const held = useHeld();
  const { data } = useQuery({ ...policyQuery(policy?.id ?? ""), enabled: policy != null });
  if (policy == null) {
    return <Fact term={t("ui.facts.policy")}>{t("ui.facts.no_policy")}</Fact>;
  }
  const step = Math.max(0, ...incident.pages.map((page) => page.step ?? 0));
  const of = data?.version === policy.version ? data.steps.length : undefined;
  return (
    <Fact
      term={t("ui.facts.policy")}
      small={
        <>
          {t("ui.facts.version", { version: policy.version })}, {escalation(incident, held !== undefined)}
          {step > 0 && (
            <>
              <br />
              {of === undefined ? t("ui.facts.step", { step }) : t("ui.facts.step_of", { step, of })}
            </>
          )}
        </>
      }
    >
      {policy.name}
    </Fact>
  );
}

/** Who is woken next, and when. */
function NextFact({ incident: { next, state } }: { incident: IncidentDetail }) {
  const held = useHeld();
  if (state !== "triggered" || next == null) {
    return null;
  }
  const who = next.targets.length === 0 ? t("ui.facts.next_end") : next.targets.join(", ");
  return (
    <Fact term={t("ui.facts.next")} small={who}>
      {held === undefined ? <In at={next.at} /> : t("ui.incident.held")}
    </Fact>
  );
}

/** The incidents it was merged with, both ways. */
function Merged({ incident: { merged_into: into, absorbed } }: { incident: IncidentDetail }) {
  const linkTo = ({ id, number }: { id: string; number?: number | null }) =>
    number == null ? (
      <span key={id}>{t("ui.facts.gone")}</span>
    ) : (
      <Link key={id} className="wb-link" to={paths.incident(id)}>
        {t("ui.incident.number", { number })}
      </Link>
    );
  return (
    <>
      {into != null && (
        <Fact term={t("ui.facts.merged_into")} small={t("ui.facts.goes_on")}>
          {linkTo(into)}
        </Fact>
      )}
      {absorbed.length > 0 && (
        <Fact term={t("ui.facts.absorbed")}>
          <span className={css.several}>{absorbed.map(linkTo)}</span>
        </Fact>
      )}
    </>
  );
}

/** What lately changed in the configuration around it: often the cause, or why nobody was told. */
function Changes({ service }: { service: string }) {
  const { data } = useQuery(changesQuery(service));
  if (data === undefined || data.items.length === 0) {
    return null;
  }
  return (
    <Fact term={t("ui.facts.changes")}>
      <ul className={css.changes}>
        {data.items.map((change) => (
          <li key={`${change.object.id} ${change.version}`}>
            {inWords(change)}
            <small>
              <When at={change.at} /> · {nameOf({ id: change.actor.id ?? "", name: change.actor.name ?? null })}
            </small>
          </li>
        ))}
      </ul>
    </Fact>
  );
}

function inWords({ kind, object, change }: Change): string {
  const what = tIfKnown(`ui.facts.kind.${kind}`) ?? kind;
  const name = object.name ?? "";
  return tIfKnown(`ui.facts.change.${change}`, { what, name }) ?? `${what} ${name}`;
}

const STATES = ["off", "due", "held", "exhausted"] as const;

function escalation(incident: IncidentDetail, isHeld: boolean): string {
  // How far it had come when it was over tells nothing about now.
  if (incident.state === "resolved") {
    return t("ui.facts.escalation.off");
  }
  const state = STATES.find((one) => one === incident.escalation) ?? "off";
  if (state === "due" && isHeld) {
    return t("ui.facts.escalation.waits");
  }
  return t(`ui.facts.escalation.${state}`);
}
