/** Rotations in words. */
import type { Schedule } from "../../api/types.ts";
import { DAYS, type WeekDay } from "../../components/hours/model.ts";
import { t } from "../../i18n.ts";
import { city } from "../../ui/time.ts";

type Rotation = Schedule["rotations"][number];
type Participant = Rotation["slots"][number]["people"][number];

/** How often and when the turn passes on: `Hand-off every week, Mon 09:00 Berlin`. */
export function handoffText(rotation: Rotation, scheduleZone: string): string {
  const { every, unit } = rotation.handoff;
  const rhythm = t(`ui.schedule.every.${unit}`, { count: every });
  const place = city(rotation.zone ?? scheduleZone);
  const [date = "", time = ""] = rotation.start.split("T");
  const clock = time.slice(0, 5);
  if (unit === "hours") {
    return t("ui.schedule.handoff_hours", { rhythm, date, clock, city: place });
  }
  if (unit === "days") {
    return t("ui.schedule.handoff_days", { rhythm, clock, city: place });
  }
  const day = unit === "weeks" ? t(`ui.schedule.days.${weekdayOf(date)}`) : t("ui.schedule.day_of_month", { n: Number(date.slice(8)) });
  return t("ui.schedule.handoff", { rhythm, day, clock, city: place });
}

function weekdayOf(date: string): WeekDay {
  const index = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return DAYS[index] ?? "mon";
}

/** What is special about somebody in a turn; nothing for most. */
export function specialText(one: { duty?: string; joins?: string | null; leaves?: string | null }): string {
  const words = [
    one.duty === "coordinate" ? t("ui.schedule.duty.coordinate") : one.duty === "shadow" ? t("ui.schedule.duty.shadow") : "",
    one.joins == null || one.joins === "" ? "" : t("ui.schedule.joins", { date: one.joins }),
    one.leaves == null || one.leaves === "" ? "" : t("ui.schedule.leaves", { date: one.leaves }),
  ];
  return words.filter((word) => word !== "").join(", ");
}

/** Whose id it is, and what is special about them. */
export function participant(one: Participant): { id: string; special: string } {
  return typeof one === "string" ? { id: one, special: "" } : { id: one.user, special: specialText(one) };
}
