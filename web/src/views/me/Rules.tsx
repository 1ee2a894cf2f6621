import { Button } from "@mantine/core";
import { useState } from "react";

import type { Read } from "../../api/edit.ts";
import type { Channel } from "../../api/me.ts";
import type { User } from "../../api/types.ts";
import { useHeld } from "../../components/held.ts";
import { hoursText } from "../../components/hours/words.ts";
import { isDead } from "../../components/neverRings.ts";
import { lazily } from "../../components/lazily.tsx";
import { useMyWatches } from "../../components/onCall.ts";
import { t } from "../../i18n.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { useNow } from "../../ui/now.ts";
import { Section } from "../../ui/Section.tsx";
import { clock, span } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import css from "./Me.module.css";
import { addressOf, hasRules, methodsOf, repeatOf, rungsOf, URGENCIES, type Urgency } from "./model.ts";
import { rungAt } from "./words.ts";

const RulesForm = lazily(() => import("./RulesForm.tsx"));

interface RulesProps {
  read: Read<User>;
  channels: readonly Channel[];
}

/** What rings when I am paged: a ladder for each urgency, with the clock times of right now. */
export function Rules({ read, channels }: RulesProps) {
  const [edited, setEdited] = useState<{ urgency: Urgency; from: Read<User> }>();
  return (
    <Section id="rules" title={t("ui.me.rules")} small={t("ui.me.rules_small")}>
      <Standing user={read.value} />
      <div className={css.ladders}>
        {URGENCIES.map((urgency) =>
          edited?.urgency === urgency ? (
            <RulesForm
              key={urgency}
              isOpen
              urgency={urgency}
              from={edited.from}
              onClose={() => {
                setEdited(undefined);
              }}
            />
          ) : (
            <Ladder
              key={urgency}
              urgency={urgency}
              user={read.value}
              channels={channels}
              onEdit={() => {
                setEdited({ urgency, from: read });
              }}
            />
          ),
        )}
      </div>
    </Section>
  );
}

/** Whether a page would come at all, in a sentence. */
function Standing({ user }: { user: User }) {
  const held = useHeld();
  const watches = useMyWatches(user.id);
  const unproven = methodsOf(user).filter((one) => (one.verified_at ?? undefined) === undefined);
  const schedules = watches.map((watch) => watch.now.schedule.name).join(", ");
  return (
    <div className={css.standing}>
      {held !== undefined && <p className="wb-triggered">{t("ui.me.held")}</p>}
      <p>{watches.length > 0 ? t("ui.me.on_call", { schedules }) : t("ui.me.off_call")}</p>
      {unproven.length > 0 && (
        <p className="wb-dim">
          {t("ui.me.unproven_list", { names: unproven.map((one) => one.name).join(", "), count: unproven.length })}
        </p>
      )}
    </div>
  );
}

interface LadderProps {
  urgency: Urgency;
  user: User;
  channels: readonly Channel[];
  onEdit: () => void;
}

function Ladder({ urgency, user, channels, onEdit }: LadderProps) {
  const now = useNow();
  const zone = useZone();
  const rungs = rungsOf(user, urgency);
  const repeat = repeatOf(user, urgency);
  // Within quiet hours a moment would be wrong, so there is none.
  const quiet = urgency === "low" ? (user.rules?.quiet_hours ?? undefined) : undefined;
  return (
    <div>
      <div className={css.ladderHead}>
        <h3 id={`ladder-${urgency}`}>{t(`ui.me.rules_${urgency}`)}</h3>
        <Button variant="subtle" aria-label={t("ui.me.edit_rules", { urgency: t(`ui.me.rules_${urgency}`) })} onClick={onEdit}>
          {t("ui.me.edit")}
        </Button>
      </div>
      {rungs.length === 0 ? (
        <p className="wb-triggered">{t("ui.me.rings_nothing")}</p>
      ) : (
        <ol className={css.ladder} aria-labelledby={`ladder-${urgency}`}>
          {rungs.map(({ afterS, methods }) => (
            <li key={afterS}>
              <span className={css.at}>
                <b>{rungAt(afterS)}</b>
                {quiet === undefined && (
                  <span className="wb-faint">{t("ui.me.that_is", { clock: clock(now + afterS * 1_000, zone) })}</span>
                )}
              </span>
              <ul>
                {methods.map((method) => (
                  <li key={method.id}>
                    {method.name} <span className="wb-dim">{addressOf(method, channels)}</span>
                    {isDead(method, channels) && <span className="wb-triggered"> {t("ui.me.never_rings")}</span>}
                  </li>
                ))}
              </ul>
            </li>
          ))}
          {repeat !== undefined && (
            <li>
              <span className={css.at}>
                <b>{t("ui.me.then_every", { span: span(repeat * 1_000) })}</b>
              </span>
              <p>{t("ui.me.last_again", { name: rungs.at(-1)?.methods.at(-1)?.name })}</p>
            </li>
          )}
        </ol>
      )}
      {quiet !== undefined && (
        <p className={css.quiet}>
          <Glyph name="wait" />
          {t("ui.me.quiet_are", { hours: hoursText(quiet) })}
        </p>
      )}
      {rungs.length > 0 && (
        <p className="wb-dim">{t(hasRules(user, urgency) ? "ui.me.until" : `ui.me.no_rules_${urgency}`)}</p>
      )}
    </div>
  );
}
