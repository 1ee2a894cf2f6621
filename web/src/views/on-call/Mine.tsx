import type { Watch } from "../../components/onCall.ts";
import { crewAt, nextTurn, untilOfPerson } from "../../components/shifts.ts";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { Say } from "../../ui/Say.tsx";
import { fullWhen, span } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import css from "./Mine.module.css";

/** Am I on call, until when, who then, and when is my next shift? */
export function Mine({ me, watches }: { me: string; watches: readonly Watch[] }) {
  const now = useNow();
  const mine = watches.filter((watch) => crewAt(watch.ahead, now).some((person) => person.id === me));
  return (
    <section className={mine.length > 0 ? `${css.card} ${css.on}` : css.card} aria-labelledby="mine">
      <h2 id="mine">{mine.length > 0 ? t("ui.on_call.you_are") : t("ui.on_call.you_are_not")}</h2>
      {mine.map((watch) => (
        <Turn key={watch.now.schedule.id} me={me} watch={watch} now={now} />
      ))}
      {mine.length === 0 && <NextTurn me={me} watches={watches} now={now} />}
    </section>
  );
}

function Turn({ me, watch, now }: { me: string; watch: Watch; now: number }) {
  const zone = useZone();
  const until = untilOfPerson(watch.ahead, me, now);
  const schedule = <b>{watch.now.schedule.name}</b>;
  if (until === undefined) {
    return (
      <p>
        <Say k="ui.on_call.for_long" values={{ schedule }} />
      </p>
    );
  }
  const then = crewAt(watch.ahead, until);
  const next = nextTurn(watch.ahead, me, now);
  return (
    <>
      <p>
        <Say
          k="ui.on_call.for_until"
          values={{ schedule, until: <b>{fullWhen(until, zone)}</b>, left: span(until - now) }}
        />
      </p>
      <p>
        {then.length === 0
          ? t("ui.on_call.then_nobody")
          : t("ui.on_call.then", { who: then.map(nameOf).join(", ") })}{" "}
        {next !== undefined && t("ui.on_call.next_shift", { when: fullWhen(next, zone) })}
      </p>
    </>
  );
}

function NextTurn({ me, watches, now }: { me: string; watches: readonly Watch[]; now: number }) {
  const zone = useZone();
  const turns = watches
    .map((watch) => ({ name: watch.now.schedule.name, at: nextTurn(watch.ahead, me, now) }))
    .filter((turn): turn is { name: string; at: number } => turn.at !== undefined)
    .sort((a, b) => a.at - b.at);
  const first = turns[0];
  if (first === undefined) {
    return <p>{t("ui.on_call.no_shift")}</p>;
  }
  return (
    <p>
      <Say
        k="ui.on_call.next_in"
        values={{
          schedule: <b>{first.name}</b>,
          when: <b>{fullWhen(first.at, zone)}</b>,
          left: span(first.at - now),
        }}
      />
    </p>
  );
}
