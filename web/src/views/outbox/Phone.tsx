import type { OutboxItem } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { channelGlyph } from "../../ui/channels.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { useNow } from "../../ui/now.ts";
import { Disc, shortName } from "../../ui/Owner.tsx";
import { city, clock, longDay, span, millis } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import { type Device, excerpt, isBundle, linkOf } from "./model.ts";
import css from "./Phone.module.css";

interface PhoneProps {
  device: Device;
  /** When it would ring, if nobody acknowledges. */
  coming: string | undefined;
  isChosen: boolean;
}

/** A phone with its own clock, and the messages as it would show them. */
export function Phone({ device, coming, isChosen }: PhoneProps) {
  const now = useNow();
  const mine = useZone();
  const zone = device.zone ?? mine;
  return (
    <section className={css.phone} aria-label={device.name} data-chosen={isChosen || undefined}>
      <h2>
        <Disc person={device} /> {device.name}
        {device.zone !== undefined && <small>{city(device.zone)}</small>}
      </h2>
      <div className={css.device}>
        <div className={css.screen}>
          <p className={css.clock}>{clock(now, zone)}</p>
          <p className={css.date}>{longDay(now, zone)}</p>
          {device.messages.length === 0 ? (
            <p className={css.silent}>
              {coming === undefined
                ? t("ui.outbox.quiet")
                : t("ui.outbox.quiet_until", { name: shortName(device), at: clock(coming, mine, true) })}
            </p>
          ) : (
            <ul className={css.messages} tabIndex={0} aria-label={t("ui.outbox.messages_of", { name: device.name })}>
              {device.messages.slice(0, 20).map((item, index) => (
                <Message key={device.messages.length - index} item={item} now={now} />
              ))}
            </ul>
          )}
          <i className={css.home} />
        </div>
      </div>
    </section>
  );
}

function Message({ item, now }: { item: OutboxItem; now: number }) {
  // Who is asked to help answers that instead.
  const isAsked = linkOf(item, "accept") !== undefined;
  const acknowledge = linkOf(item, isAsked ? "accept" : "acknowledge");
  const resolve = linkOf(item, isAsked ? "decline" : "resolve");
  const age = now - millis(item.at);
  return (
    <li className={css.message}>
      <p className={css.from}>
        <Glyph name={channelGlyph(item.channel)} />
        <span>{item.channel === "email" ? t("ui.outbox.mail") : t("ui.product")}</span>
        <span>{age < 5_000 ? t("ui.time.now") : span(age)}</span>
      </p>
      <b>{item.subject}</b>
      <p className={css.text}>{item.channel === "webhook" ? t("ui.outbox.hook", { to: item.to }) : excerpt(item)}</p>
      {(acknowledge ?? resolve) !== undefined && item.channel !== "webhook" && (
        <p className={css.acts}>
          {acknowledge !== undefined && (
            <a className={css.go} href={acknowledge} target="_blank" rel="noreferrer">
              {t(isAsked ? "ui.help.accept" : "ui.act.acknowledge")}
            </a>
          )}
          {resolve !== undefined && (
            <a className={acknowledge === undefined ? css.go : undefined} href={resolve} target="_blank" rel="noreferrer">
              {t(isAsked ? "ui.help.decline" : "ui.act.resolve")}
            </a>
          )}
        </p>
      )}
      {isBundle(item) && item.channel !== "webhook" && (
        <p className={css.acts}>
          <a className={css.go} href="/incidents" target="_blank" rel="noreferrer">
            {t("ui.outbox.list")}
          </a>
        </p>
      )}
    </li>
  );
}
