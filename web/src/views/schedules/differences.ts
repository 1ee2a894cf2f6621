/** Where two versions of a schedule differ, in words. */
import type { ScheduleBody } from "../../api/schedules.ts";
import type { Ref, User } from "../../api/types.ts";
import type { Difference } from "../../components/Conflict.tsx";
import { windowText } from "../../components/hours/words.ts";
import { t } from "../../i18n.ts";
import { nameOf } from "../../ui/Owner.tsx";
import { city } from "../../ui/time.ts";
import { handoffText, participant } from "./words.ts";

type Rotation = ScheduleBody["rotations"][number];

/** Names of what a schedule refers to. */
interface Names {
  teams: readonly Ref[];
  users: readonly User[];
}

/** `2026-01-05 09:00`. */
function localText(time: string): string {
  return time.replace("T", " ").replace(/:00$/u, "");
}

function slotText(slot: Rotation["slots"][number], users: readonly User[]): string {
  const people = slot.people.map((one) => {
    const { id, special } = participant(one);
    const name = nameOf(users.find((user) => user.id === id) ?? { id });
    return special === "" ? name : t("ui.schedule_form.with_special", { name, special });
  });
  const all = people.length === 0 ? t("ui.schedule_form.pause") : people.join(" + ");
  return slot.first_come === true ? t("ui.schedule_form.with_special", { name: all, special: t("ui.schedule.first_come") }) : all;
}

function rotationText(rotation: Rotation, zone: string, users: readonly User[]): string {
  const parts = [
    handoffText(rotation, zone),
    t("ui.schedule_form.starts", { at: localText(rotation.start) }),
    rotation.end == null ? "" : t("ui.schedule_form.ends", { at: localText(rotation.end) }),
    ...(rotation.windows ?? []).map((window) => t("ui.schedule.only", { window: windowText(window) })),
    rotation.turn === "worked" ? t("ui.schedule_form.turn_rules.worked") : "",
    rotation.when_off === "nobody" ? t("ui.schedule_form.when_off_nobody") : "",
    rotation.on_holidays === undefined || rotation.on_holidays === "as_usual"
      ? ""
      : t(`ui.schedule.on_holidays.${rotation.on_holidays}`),
    rotation.beside === true ? t("ui.schedule.beside") : "",
    t("ui.schedule_form.turns_are", { turns: rotation.slots.map((slot) => slotText(slot, users)).join(", ") }),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

/** Only the fields that differ; of rotations the whole of each. */
export function differences(mine: ScheduleBody, theirs: ScheduleBody, { teams, users }: Names): Difference[] {
  const lines = (body: ScheduleBody) =>
    new Map([
      [t("ui.schedule_form.name"), body.name],
      [t("ui.schedule_form.team"), teams.find((team) => team.id === body.team)?.name ?? ""],
      [t("ui.schedule_form.zone"), city(body.zone)],
      [t("ui.schedule_form.holidays"), (body.holidays ?? []).map((one) => `${one.date} ${one.name}`).join(", ")],
      [t("ui.schedule.rotations"), body.rotations.map((one) => one.name).join(", ")],
      ...body.rotations.map((one): [string, string] => [
        t("ui.schedule_form.rotation_called", { name: one.name }),
        rotationText(one, body.zone, users),
      ]),
    ]);
  const own = lines(mine);
  const other = lines(theirs);
  const none = t("ui.schedule_form.not_there");
  return [...new Set([...own.keys(), ...other.keys()])]
    .map((label) => ({ label, mine: own.get(label) ?? none, theirs: other.get(label) ?? none }))
    .filter((one) => one.mine !== one.theirs);
}
