import type { OutboxItem } from "../../api/types.ts";
import { t } from "../../i18n.ts";
import { channelGlyph } from "../../ui/channels.ts";
import { Glyph } from "../../ui/Glyph.tsx";
import { Section } from "../../ui/Section.tsx";
import { When } from "../../ui/Times.tsx";
import css from "./Messages.module.css";
import type { Device } from "./model.ts";

interface MessagesProps {
  items: readonly OutboxItem[];
  devices: readonly Device[];
}

/** As many as fit; the phones have them all. */
const SHOWN = 40;

/** Every message, newest first. */
export function Messages({ items, devices }: MessagesProps) {
  const newest = [...items].reverse().slice(0, SHOWN);
  const nameOf = (item: OutboxItem) => devices.find((one) => one.messages.includes(item))?.name ?? item.to;
  return (
    <Section id="messages" title={t("ui.outbox.every")} small={t("ui.outbox.newest_first")}>
      {newest.length === 0 ? (
        <p className="wb-dim">{t("ui.outbox.none_yet")}</p>
      ) : (
        <ul className={css.messages}>
          {newest.map((item, index) => (
            <li key={items.length - index}>
              <When at={item.at} seconds className={css.at} />
              <Glyph name={channelGlyph(item.channel)} />
              <div>
                {t("ui.outbox.to", { name: nameOf(item), channel: channelName(item.channel) })}
                <span className={`${css.subject} wb-cut`}>{item.subject}</span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const CHANNELS = ["email", "ntfy", "webhook"] as const;

function channelName(channel: string): string {
  const known = CHANNELS.find((one) => one === channel);
  return known === undefined ? channel : t(`ui.channel.${known}`);
}
