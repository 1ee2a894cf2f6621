import "@mantine/core/styles/Popover.layer.css";
import "@mantine/core/styles/Menu.layer.css";

import { Button, Menu } from "@mantine/core";
import type { ReactNode } from "react";

import { type AskSwapBody, useAskSwap } from "../../api/swaps.ts";
import type { Schedule, User } from "../../api/types.ts";
import type { Watch } from "../../components/onCall.ts";
import { type Turn, turnsOf } from "../../components/shifts.ts";
import { t } from "../../i18n.ts";
import { useNow } from "../../ui/now.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { fullWhen } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import { useZone } from "../../ui/zone.ts";
import css from "./Swaps.module.css";

interface NextShiftsProps {
  me: string;
  watches: readonly Watch[];
  schedules: readonly Schedule[];
  users: readonly User[];
}

/** As many shifts as one plans with. */
const SHOWN = 4;

/** As many shifts of others as a menu can hold. */
const OFFERED = 8;

/** One's next shifts, each to be swapped or covered in two taps. */
export function NextShifts({ me, watches, schedules, users }: NextShiftsProps) {
  const now = useNow();
  const next = watches
    .flatMap((watch) => turnsOf(watch.ahead, me, now).map((turn) => ({ watch, turn })))
    .sort((a, b) => a.turn.from - b.turn.from)
    .slice(0, SHOWN);
  if (next.length === 0) {
    return null;
  }
  return (
    <section className={css.part} aria-labelledby="next-shifts">
      <h2 id="next-shifts">{t("ui.swaps.next")}</h2>
      <ul className={css.list}>
        {next.map(({ watch, turn }) => (
          <Shift
            key={`${watch.now.schedule.id} ${turn.from}`}
            me={me}
            watch={watch}
            turn={turn}
            schedule={schedules.find((one) => one.id === watch.now.schedule.id)}
            users={users}
          />
        ))}
      </ul>
    </section>
  );
}

interface ShiftProps {
  me: string;
  watch: Watch;
  turn: Turn;
  schedule: Schedule | undefined;
  users: readonly User[];
}

function Shift({ me, watch, turn, schedule, users }: ShiftProps) {
  const now = useNow();
  const zone = useZone();
  const ask = useAskSwap(watch.now.schedule.id);
  const span = (one: Turn) => t("ui.swaps.span", { from: fullWhen(one.from, zone), to: fullWhen(one.to, zone) });
  const send = (more: Pick<AskSwapBody, "asked" | "in_return">) => {
    ask.mutate(
      { from: new Date(turn.from).toISOString(), to: new Date(turn.to).toISOString(), ...more },
      {
        onSuccess: () => {
          toast({ glyph: "onCall", tone: "resolved", text: t("ui.swaps.asked"), more: span(turn) });
        },
      },
    );
  };
  const people = othersOf(schedule, me);
  const name = (id: string) => nameOf(users.find((one) => one.id === id) ?? { id });
  const offers = people
    .flatMap((id) => turnsOf(watch.ahead, id, now).map((one) => ({ id, one })))
    .filter(({ one }) => one.to <= turn.from || one.from >= turn.to)
    .sort((a, b) => a.one.from - b.one.from)
    .slice(0, OFFERED);
  return (
    <li>
      <p>
        <b>{watch.now.schedule.name}</b> <span className="wb-dim">{span(turn)}</span>
      </p>
      {people.length > 0 && (
        <div className={css.acts}>
          <Offer text={t("ui.swaps.swap")} label={t("ui.swaps.swap_of", { span: span(turn) })}>
            {offers.length === 0 && <Menu.Item disabled>{t("ui.swaps.no_offers")}</Menu.Item>}
            {offers.map(({ id, one }) => (
              <Menu.Item
                key={`${id} ${one.from}`}
                onClick={() => {
                  const back = { from: new Date(one.from).toISOString(), to: new Date(one.to).toISOString() };
                  send({ asked: id, in_return: back });
                }}
              >
                {t("ui.swaps.for", { name: name(id), span: span(one) })}
              </Menu.Item>
            ))}
          </Offer>
          <Offer text={t("ui.swaps.cover")} label={t("ui.swaps.cover_of", { span: span(turn) })}>
            <Menu.Item
              onClick={() => {
                send({});
              }}
            >
              {t("ui.swaps.anyone")}
            </Menu.Item>
            {people.map((id) => (
              <Menu.Item
                key={id}
                onClick={() => {
                  send({ asked: id });
                }}
              >
                {name(id)}
              </Menu.Item>
            ))}
          </Offer>
        </div>
      )}
    </li>
  );
}

interface OfferProps {
  text: string;
  label: string;
  children: ReactNode;
}

function Offer({ text, label, children }: OfferProps) {
  return (
    <Menu position="bottom-end" shadow="md" transitionProps={{ duration: 120 }}>
      <Menu.Target>
        <Button aria-label={label}>{text}</Button>
      </Menu.Target>
      <Menu.Dropdown className={css.menu}>{children}</Menu.Dropdown>
    </Menu>
  );
}

/** Who else has turns in a schedule. */
function othersOf(schedule: Schedule | undefined, me: string): string[] {
  const slots = schedule?.rotations.flatMap((rotation) => rotation.slots) ?? [];
  const people = slots.flatMap((slot) => slot.people.map((one) => (typeof one === "string" ? one : one.user)));
  return [...new Set(people)].filter((id) => id !== me);
}
