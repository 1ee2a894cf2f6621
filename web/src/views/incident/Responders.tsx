import { Button } from "@mantine/core";

import { useAnswer } from "../../api/incidents.ts";
import { useMe } from "../../api/session.ts";
import type { IncidentDetail, Responder } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { Glyph, type GlyphName } from "../../ui/Glyph.tsx";
import { Disc, nameOf } from "../../ui/Owner.tsx";
import { Say } from "../../ui/Say.tsx";
import { Section } from "../../ui/Section.tsx";
import { Clock } from "../../ui/Times.tsx";
import css from "./Responders.module.css";

/** That one is asked to help: what to do next, above everything else. */
export function Wanted({ incident }: { incident: IncidentDetail }) {
  const me = useMe().user.id;
  const own = incident.responders.find((one) => one.user.id === me);
  const answer = useAnswer(incident.id);
  if (own === undefined || incident.state === "resolved") {
    return null;
  }
  const said = (accept: boolean) => {
    if (!answer.isPending) {
      answer.mutate(accept);
    }
  };
  if (own.answer != null) {
    const hasAccepted = own.answer === "accepted";
    return (
      <p className={css.said} role="status">
        {t(hasAccepted ? "ui.help.you_accepted" : "ui.help.you_declined")}{" "}
        <button
          type="button"
          className="wb-link"
          aria-disabled={answer.isPending}
          onClick={() => {
            said(!hasAccepted);
          }}
        >
          {t(hasAccepted ? "ui.help.decline_after_all" : "ui.help.accept_after_all")}
        </button>
      </p>
    );
  }
  return (
    <section className={css.wanted} aria-labelledby="wanted">
      <h2 id="wanted">{t("ui.help.wanted", { name: byOf(own) })}</h2>
      {messageOf(incident, own) !== undefined && <blockquote>{messageOf(incident, own)}</blockquote>}
      <div className={css.answers}>
        <Button
          size="lg"
          variant="filled"
          loading={answer.isPending && answer.variables}
          onClick={() => {
            said(true);
          }}
        >
          {t("ui.help.accept")}
        </Button>
        <Button
          size="lg"
          loading={answer.isPending && !answer.variables}
          onClick={() => {
            said(false);
          }}
        >
          {t("ui.help.decline")}
        </Button>
      </div>
    </section>
  );
}

function byOf(one: Responder): string {
  return one.by.name ?? t("ui.help.somebody");
}

/** What was said with a request: the record has it. */
function messageOf(incident: IncidentDetail, one: Responder): string | undefined {
  const entry = incident.record.find((it) => it.kind === "responders_asked" && it.at === one.asked_at);
  return entry?.quote ?? undefined;
}

const ANSWERS: Record<string, { glyph: GlyphName; tone: string }> = {
  accepted: { glyph: "received", tone: "wb-resolved" },
  declined: { glyph: "failed", tone: "wb-triggered" },
  waiting: { glyph: "wait", tone: "wb-faint" },
};

/** Who was asked to help, and what they said. */
export function Responders({ incident }: { incident: IncidentDetail }) {
  const me = useMe().user.id;
  const { responders } = incident;
  if (responders.length === 0) {
    return null;
  }
  const coming = responders.filter((one) => one.answer === "accepted").length;
  return (
    <Section id="responders" title={t("ui.help.responders")} small={t("ui.help.coming", { count: coming, all: responders.length })}>
      <ul className={css.list}>
        {responders.map((one) => {
          const look = ANSWERS[one.answer ?? "waiting"] ?? { glyph: "wait", tone: "wb-faint" };
          return (
            <li key={one.user.id}>
              <Disc person={one.user} isMe={one.user.id === me} />
              <span className={css.who}>
                <b>{nameOf(one.user)}</b>
                <small>
                  <Say k="ui.help.asked_by" values={{ name: byOf(one), at: <Clock at={one.asked_at} /> }} />
                </small>
              </span>
              <span className={css.answer}>
                <Glyph name={look.glyph} className={look.tone} />
                <span>
                  <Became one={one} />
                </span>
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Became({ one }: { one: Responder }) {
  if (one.answer != null && one.answered_at != null) {
    const key = one.answer === "accepted" ? "ui.help.accepted_at" : "ui.help.declined_at";
    return <Say k={key} values={{ at: <Clock at={one.answered_at} /> }} />;
  }
  return <>{t(one.told ? "ui.help.no_answer" : "ui.help.not_told")}</>;
}
