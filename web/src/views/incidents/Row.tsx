import { Button, Loader } from "@mantine/core";
import { memo } from "react";
import { Link } from "react-router";

import { useMe } from "../../api/session.ts";
import type { Incident } from "../../api/types.ts";
import { useAct, useUnderWay } from "../../components/act.ts";
import { isHeldBack, useHeld } from "../../components/held.ts";
import { mayWrite } from "../../components/rights.ts";
import { t } from "../../i18n.ts";
import { Kbd } from "../../ui/Kbd.tsx";
import { Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { inShort } from "../../ui/recipients.ts";
import { Say } from "../../ui/Say.tsx";
import { Severity } from "../../ui/Severity.tsx";
import { Spark } from "../../ui/Spark.tsx";
import { StateGlyph } from "../../ui/State.tsx";
import { millis, span } from "../../ui/time.ts";
import { Age, In, When } from "../../ui/Times.tsx";
import { useList } from "./list.ts";
import css from "./Row.module.css";

interface RowProps {
  id: string;
  incident: Incident;
  isSelected: boolean;
  isMarked: boolean;
  isNew: boolean;
}

/** One incident: what is wrong, who has it, who is next. */
export const Row = memo(function Row({ id, incident, isSelected, isMarked, isNew }: RowProps) {
  const who = useMe();
  const me = who.user.id;
  const { isMarking } = useList();
  const classes = [
    css.row,
    css[incident.state],
    isSelected && css.selected,
    isNew && css.isNew,
    isMarking && css.marking,
    isMarked && css.marked,
  ];
  return (
    <div className={classes.filter(Boolean).join(" ")}>
      <StateGlyph state={incident.state} />
      <Severity severity={incident.severity} />
      <div className={css.text}>
        <Link id={id} className={`${css.title} wb-cut`} to={paths.incident(incident.id)} title={incident.title}>
          {incident.title}
        </Link>
        <span className={`${css.line} wb-cut`}>
          <b>{incident.service.name}</b> · <Story incident={incident} />
        </span>
      </div>
      {incident.state === "resolved" && incident.owner == null ? (
        <span className="wb-faint">{t("ui.row.no_owner")}</span>
      ) : (
        <Owner person={incident.owner} me={me} />
      )}
      {incident.spark != null && incident.state !== "resolved" && (
        <Spark className={css.spark ?? ""} tone={incident.state} {...incident.spark} />
      )}
      {incident.state === "triggered" && mayWrite(who, incident.team.id) && <Acknowledge incident={incident} />}
      {incident.state === "resolved" ? (
        <span className={css.age}>
          <small>
            <When at={incident.resolved_at ?? incident.updated_at} />
          </small>
          <span>{took(incident)}</span>
        </span>
      ) : (
        <span className={css.age}>
          <Age at={incident.opened_at} />
          <small>
            <When at={incident.opened_at} />
          </small>
        </span>
      )}
      {isMarking && <Mark incident={incident} isMarked={isMarked} />}
    </div>
  );
});

function Mark({ incident, isMarked }: { incident: Incident; isMarked: boolean }) {
  const { mark } = useList();
  return (
    <label className={css.mark}>
      <input
        type="checkbox"
        checked={isMarked}
        onChange={() => {
          mark(incident);
        }}
      />
      <span className="wb-sr">{t("ui.bulk.mark", { number: incident.number })}</span>
    </label>
  );
}

function took({ opened_at, resolved_at }: Incident): string {
  return resolved_at == null ? "" : span(millis(resolved_at) - millis(opened_at));
}

function Acknowledge({ incident }: { incident: Incident }) {
  const act = useAct();
  const isUnderWay = useUnderWay(incident.id) === "acknowledge";
  return (
    <Button
      className={css.act}
      variant="filled"
      aria-busy={isUnderWay}
      onClick={() => {
        if (!isUnderWay) {
          act.acknowledge(incident);
        }
      }}
    >
      {isUnderWay ? (
        <>
          <Loader size={14} />
          {t("ui.act.acknowledging")}
        </>
      ) : (
        <>
          {t("ui.act.acknowledge")}
          <span className="wb-sr">{t("ui.incident.number", incident)}</span>
          <Kbd keys="a" />
        </>
      )}
    </Button>
  );
}

/** What was done so far, and what comes next if nobody does anything. */
function Story({ incident }: { incident: Incident }) {
  const { state, next, acknowledged_at, opened_at, open_alert_count } = incident;
  const held = useHeld();
  if (state === "resolved") {
    return t("ui.row.of_alerts", { count: incident.alert_count });
  }
  if (state === "acknowledged") {
    const after = acknowledged_at == null ? undefined : millis(acknowledged_at) - millis(opened_at);
    return (
      <>
        {after !== undefined && t("ui.row.acknowledged_after", { span: span(after) })}
        {" · "}
        {t("ui.row.firing", { count: open_alert_count })}
        {incident.snoozed_until != null && (
          <>
            {" · "}
            <Say k="ui.row.snoozed" values={{ until: <When at={incident.snoozed_until} /> }} />
          </>
        )}
      </>
    );
  }
  const before = (
    <>
      {open_alert_count > 1 && <>{t("ui.row.firing", { count: open_alert_count })} · </>}
      <ToldLast incident={incident} />
    </>
  );
  if (next == null) {
    return (
      <>
        {before}
        <b>{incident.urgency === "none" ? t("ui.row.pages_nobody") : t("ui.row.nobody_next")}</b>
      </>
    );
  }
  if (held !== undefined) {
    const who = next.targets.join(", ");
    return (
      <>
        {before}
        <b>{who === "" ? t("ui.row.held") : t("ui.row.next_held", { who })}</b>
      </>
    );
  }
  const comes = <In at={next.at} />;
  return (
    <>
      {before}
      <b>
        {next.targets.length === 0 ? (
          <Say k="ui.row.policy_ends" values={{ comes }} />
        ) : (
          <Say k="ui.row.next" values={{ who: next.targets.join(", "), comes }} />
        )}
      </b>
    </>
  );
}

function ToldLast({ incident: { told } }: { incident: Incident }) {
  const held = useHeld();
  if (told == null) {
    return null;
  }
  if (isHeldBack(held, told.at)) {
    return <>{t("ui.row.told_held", { who: inShort(told.recipients) })} · </>;
  }
  return (
    <>
      <Say k="ui.row.told" values={{ who: inShort(told.recipients), ago: <Age at={told.at} /> }} /> {"· "}
    </>
  );
}
