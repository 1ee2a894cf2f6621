import { useMe } from "../../api/session.ts";
import type { Attempt, Delivery, IncidentDetail } from "../../api/types.ts";
import { useHeld } from "../../components/held.ts";
import { t } from "../../i18n.ts";
import { channelGlyph } from "../../ui/channels.ts";
import { Glyph, type GlyphName } from "../../ui/Glyph.tsx";
import { Disc } from "../../ui/Owner.tsx";
import { Section } from "../../ui/Section.tsx";
import { millis } from "../../ui/time.ts";
import { Clock, In } from "../../ui/Times.tsx";
import { useNow } from "../../ui/now.ts";
import { Say } from "../../ui/Say.tsx";
import { useStale } from "../../ui/stale.ts";
import { counts, told, type Told } from "./model.ts";
import css from "./WhoWasTold.module.css";

/** Who was told, by person; and of each message, what became of it. */
export function WhoWasTold({ incident }: { incident: IncidentDetail }) {
  const list = told(incident);
  const { messages, people } = counts(list);
  return (
    <Section
      id="told"
      title={t("ui.told.title")}
      small={
        list.length === 0
          ? undefined
          : t("ui.told.count", { messages: t("ui.told.messages", { count: messages }), count: people })
      }
    >
      {list.length === 0 ? (
        <p className="wb-dim">
          {incident.urgency === "none" ? t("ui.told.urgency_none") : t("ui.told.nobody")}
        </p>
      ) : (
        <table className={css.told}>
          <thead>
            <tr>
              <th scope="col">{t("ui.told.who")}</th>
              <th scope="col">{t("ui.told.when")}</th>
              <th scope="col">{t("ui.told.became")}</th>
            </tr>
          </thead>
          {list.map((one) => (
            <Recipient key={one.id} told={one} />
          ))}
        </table>
      )}
    </Section>
  );
}

function Recipient({ told: one }: { told: Told }) {
  const me = useMe().user.id;
  const isUnknown = one.deliveries.length === 0 && one.untold.length === 0;
  const reasons = isUnknown ? [t("ui.told.no_way")] : one.untold;
  return (
    <tbody>
      <tr className={css.person}>
        <th scope="rowgroup" colSpan={3}>
          {one.isPerson ? (
            <Disc person={one} isMe={one.id === me} />
          ) : (
            <span className={css.endpoint}>
              <Glyph name="hook" />
            </span>
          )}
          <span>{one.name ?? t("ui.owner.gone")}</span>
          <span className="wb-faint">{one.why.join(" ")}</span>
        </th>
      </tr>
      {one.deliveries.map((delivery) => (
        <Message key={delivery.id} delivery={delivery} asks={one.asking.has(delivery.id)} />
      ))}
      {reasons.map((reason) => (
        <tr key={reason} className={css.message}>
          <td colSpan={3} className="wb-triggered">
            {reason}
          </td>
        </tr>
      ))}
    </tbody>
  );
}

const RESULTS: Record<string, { glyph: GlyphName; tone: string }> = {
  planned: { glyph: "wait", tone: "wb-faint" },
  sent: { glyph: "received", tone: "wb-resolved" },
  given_up: { glyph: "failed", tone: "wb-triggered" },
  cancelled: { glyph: "stopped", tone: "wb-faint" },
};

/** What a message that waits looks like while nothing is sent. */
const HELD = { glyph: "stopped", tone: "wb-triggered" } as const;

function Message({ delivery, asks }: { delivery: Delivery; asks: boolean }) {
  const isHeld = useHeld() !== undefined && delivery.state === "planned";
  const result = isHeld ? HELD : (RESULTS[delivery.state] ?? { glyph: "wait", tone: "wb-faint" });
  const first = delivery.attempts[0];
  return (
    <tr className={css.message}>
      <td className={css.method}>
        <Glyph name={channelGlyph(delivery.channel)} />
        <span>
          {delivery.channel_label}
          {delivery.method_name != null && (
            <span className={`${css.methodName} wb-faint`}> · {delivery.method_name}</span>
          )}
        </span>
      </td>
      <td className={css.at}>
        {(first !== undefined || (delivery.state === "planned" && !isHeld)) && (
          <Clock className="wb-mono" at={first?.claimed_at ?? delivery.due_at} />
        )}
      </td>
      <td>
        <div className={css.result}>
          <Glyph name={result.glyph} className={result.tone} />
          <div>
            <Outcome delivery={delivery} asks={asks} />
            <Tries attempts={delivery.attempts} />
          </div>
        </div>
      </td>
    </tr>
  );
}

function Outcome({ delivery, asks }: { delivery: Delivery; asks: boolean }) {
  const now = useNow();
  const held = useHeld();
  const isStale = useStale();
  const last = delivery.attempts.at(-1);
  if (delivery.state === "planned" && held !== undefined) {
    return (
      <>
        {last?.retry_at != null && <>{delivery.text} </>}
        {t("ui.told.held")}
        <small className={css.small}>{t("ui.told.held_until")}</small>
      </>
    );
  }
  if (delivery.state === "planned") {
    const waits = delivery.held_until;
    if (waits != null && millis(waits) > now) {
      return (
        <>
          <Say k="ui.told.waits" values={{ comes: <In at={waits} /> }} />
          <small className={css.small}>{delivery.text}</small>
        </>
      );
    }
    const at = last?.retry_at ?? delivery.due_at;
    const isDue = millis(at) <= now && !isStale;
    return (
      <>
        {last?.retry_at != null && <>{delivery.text} </>}
        {isDue ? t("ui.told.sending") : <Say k="ui.told.planned" values={{ comes: <In at={at} /> }} />}
        {delivery.attempts.length === 0 && !isDue && (
          <small className={css.small}>{t(asks ? "ui.told.unless_answered" : "ui.told.unless")}</small>
        )}
      </>
    );
  }
  if (delivery.state === "sent" && last !== undefined) {
    return (
      <>
        <Say k="ui.told.accepted" values={{ at: <Clock at={last.finished_at} /> }} />
        {last.others > 0 && <small className={css.small}>{t("ui.told.together", { count: last.others })}</small>}
        {last.possible_duplicate && <small className={css.small}>{t("ui.told.duplicate")}</small>}
      </>
    );
  }
  return delivery.text;
}

/** What was tried before, with the reason in words. */
function Tries({ attempts }: { attempts: readonly Attempt[] }) {
  const failed = attempts.filter((one) => one.outcome === "retry" || (one.outcome === "given_up" && one.detail != null));
  return failed.map((attempt) => (
    <small key={attempt.number} className={css.small}>
      <Clock at={attempt.finished_at} />{" "}
      {attempt.detail ?? t("ui.told.try", { n: attempt.number, became: attempt.text })}
    </small>
  ));
}
