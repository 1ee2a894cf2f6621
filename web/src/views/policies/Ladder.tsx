import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type PolicyBody, turnsQuery } from "../../api/policies.ts";
import type { Ref } from "../../api/types.ts";
import { onlyTexts } from "../../components/conditions.ts";
import { hoursText } from "../../components/hours/words.ts";
import { useWatches, type Watch } from "../../components/onCall.ts";
import { PausedTag } from "../../components/pause/PausedTag.tsx";
import { peopleOf, type Target, times, told, type Told, type World } from "../../components/reached.ts";
import { untilOf } from "../../components/shifts.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { useNow } from "../../ui/now.ts";
import { nameOf, Owner } from "../../ui/Owner.tsx";
import { paths } from "../../ui/paths.ts";
import { Say } from "../../ui/Say.tsx";
import { span } from "../../ui/time.ts";
import { When } from "../../ui/Times.tsx";
import css from "./Ladder.module.css";
import { atText } from "./words.ts";

interface LadderProps {
  id: string;
  policy: PolicyBody;
  world: World;
  me: string;
}

/** The steps from the first page to the end, each with the people it means right now. */
export function Ladder({ id, policy, world, me }: LadderProps) {
  const { data: turns } = useQuery(turnsQuery(id, policy.steps.some((step) => step.round_robin === true)));
  const all = [...policy.steps.flatMap((step) => step.targets), ...(policy.fallback ?? [])];
  const named = new Set(all.map((target) => ("id" in target ? target.id : "")));
  const watches = useWatches(world.onCall.filter((one) => named.has(one.schedule.id)));
  const at = times(policy.steps);
  const cycle = at.at(-1) ?? 0;
  const repeat = policy.repeat ?? 0;
  return (
    <>
      {policy.low_urgency_hours != null && (
        <p className={css.waits}>
          <Glyph name="wait" />
          {t("ui.policy.low_waits", { hours: hoursText(policy.low_urgency_hours) })}
        </p>
      )}
      <ol className={css.ladder}>
        {policy.steps.map((step, index) => {
          const isEmpty = peopleOf(step.targets, world).length === 0;
          return (
            <li key={index} className={isEmpty ? css.empty : undefined}>
              <span className={css.mark} aria-hidden="true">
                {index + 1}
              </span>
              <h3>{atText(at[index] ?? 0)}</h3>
              <Special step={step} next={turns?.items.find((one) => one.step === index + 1)?.next} />
              {step.targets.map((target, place) => (
                <Line key={place} target={target} world={world} watches={watches} me={me} />
              ))}
              {isEmpty && <p className="wb-triggered">{t("ui.policy.reaches_nobody")}</p>}
            </li>
          );
        })}
        {repeat > 0 && (
          <li>
            <span className={css.mark} aria-hidden="true">
              ↻
            </span>
            <h3>{t("ui.policy.again", { at: atText(cycle), count: repeat })}</h3>
          </li>
        )}
        <End at={atText(cycle * (repeat + 1))} fallback={policy.fallback ?? []} world={world} watches={watches} me={me} />
      </ol>
    </>
  );
}

/** For which incidents and when, and whether one of them is enough. */
function Special({ step, next }: { step: PolicyBody["steps"][number]; next: Ref | null | undefined }) {
  const only = onlyTexts(step);
  const lines = [
    ...only,
    ...(only.length === 0 ? [] : [t("ui.policy.else_next")]),
    ...(step.needs_everyone === true ? [t("ui.policy.everyone")] : []),
    ...(step.round_robin === true ? [next == null ? t("ui.policy.one_in_turn") : t("ui.policy.one_in_turn_next", { name: nameOf(next) })] : []),
  ];
  return (
    lines.length > 0 && (
      <ul className={css.special}>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    )
  );
}

interface EndProps extends Omit<LineProps, "target"> {
  at: string;
  fallback: readonly Target[];
}

/** Who is told when nobody acknowledged to the end. */
function End({ at, fallback, ...rest }: EndProps) {
  return (
    <li className={fallback.length === 0 ? css.end : undefined}>
      <span className={css.mark} aria-hidden="true">
        !
      </span>
      <h3>{t(fallback.length === 0 ? "ui.policy.then_nobody" : "ui.policy.then_fallback", { at })}</h3>
      {fallback.map((target, place) => (
        <Line key={place} target={target} {...rest} />
      ))}
      <p className={css.admins}>{t("ui.policy.then_admins")}</p>
    </li>
  );
}

interface LineProps {
  target: Target;
  world: World;
  watches: readonly Watch[];
  me: string;
}

function Line({ target, world, watches, me }: LineProps) {
  const one = told(target, world);
  return (
    <div className={css.target}>
      {one.people.length > 0 && (
        <ul className={css.people}>
          {one.people.map((person) => (
            <li key={person.id}>
              <Owner person={person} me={me} />
            </li>
          ))}
        </ul>
      )}
      {one.paused.map((person) => (
        <p key={person.id} className={css.because}>
          {t("ui.policy.passed_over", { name: person.name })} <PausedTag user={person} />
        </p>
      ))}
      <p className={css.because}>
        <Because one={one} watches={watches} />
      </p>
    </div>
  );
}

/** Because of what they are told. */
function Because({ one, watches }: { one: Told; watches: readonly Watch[] }) {
  const now = useNow();
  if (one.name === undefined && one.kind !== "admins") {
    return <>{t(`ui.policy.gone.${one.kind}`)}</>;
  }
  const count = one.people.length + one.paused.length;
  switch (one.kind) {
    case "schedule": {
      const watch = watches.find((it) => it.now.schedule.id === one.id);
      const until = watch === undefined ? undefined : untilOf(watch.ahead, now);
      const schedule = (
        <Link className="wb-link" to={paths.schedule(one.id ?? "")}>
          {one.name}
        </Link>
      );
      if (until === undefined) {
        return <Say k={count === 0 ? "ui.policy.schedule_nobody" : "ui.policy.schedule"} values={{ schedule }} />;
      }
      return (
        <Say
          k={count === 0 ? "ui.policy.schedule_nobody_until" : "ui.policy.schedule_until"}
          values={{ schedule, until: <When at={until} />, left: span(until - now) }}
        />
      );
    }
    case "user":
      return <>{count === 0 ? t("ui.policy.user_inactive", { name: one.name }) : t("ui.policy.user")}</>;
    case "team":
      return <>{t("ui.policy.team_members", { name: one.name, count })}</>;
    case "admins":
      return <>{t("ui.policy.all_admins", { count })}</>;
    case "endpoint":
      return (
        <>
          <b>{one.name}</b> {t("ui.policy.room")}
        </>
      );
  }
}
