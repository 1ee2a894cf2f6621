import { t } from "../../i18n.ts";
import { useStale } from "../../ui/stale.ts";
import { clock, left } from "../../ui/time.ts";
import { useZone } from "../../ui/zone.ts";
import type { Mark, Track as Found } from "./model.ts";
import css from "./Track.module.css";

interface TrackProps {
  track: Found;
  now: number;
}

/** When is the next person woken? From the first page to what comes after the next. */
export function Track({ track, now }: TrackProps) {
  const percent = (place: number) => `${(place * 100).toFixed(2)}%`;
  return (
    <div className={css.track}>
      <span className={css.bar} />
      <span className={css.past} style={{ width: percent(track.now) }} />
      <span className={css.now} style={{ insetInlineStart: percent(track.now) }} />
      <ol>
        {track.marks.map((mark, index) => {
          const next = track.marks[index + 1];
          return (
            <li
              key={mark.at}
              className={`${css.mark} ${css[mark.kind === "done" && mark.isHeld ? "planned" : mark.kind]}`}
              title={mark.who.join(", ")}
              style={{
                insetInlineStart: percent(mark.place),
                maxWidth: percent((next?.place ?? 1) - mark.place),
              }}
            >
              <Words mark={mark} now={now} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Longer names would push out when it happens, which matters more. */
const NAMES_ROOM = 24;

function Words({ mark, now }: { mark: Mark; now: number }) {
  const zone = useZone();
  const isStale = useStale();
  const names = mark.who.join(", ");
  const who = names === "" || names.length > NAMES_ROOM ? t("ui.track.step", { step: mark.step }) : names;
  const at = clock(mark.at, zone, true);
  if (mark.isHeld) {
    const held = mark.kind === "end" ? t("ui.track.end") : mark.kind === "repeat" ? t("ui.track.repeat") : who;
    return (
      <>
        <b>{held}</b> {t("ui.track.held")}
      </>
    );
  }
  if (mark.kind === "done") {
    return (
      <>
        <b>{who}</b> {mark.isUntold === true ? t("ui.track.untold") : t("ui.track.told", { at })}
      </>
    );
  }
  const title = mark.kind === "end" ? t("ui.track.end") : mark.kind === "repeat" ? t("ui.track.repeat") : who;
  return (
    <>
      <b>{title}</b> {isStale ? t("ui.time.at", { when: at }) : t("ui.track.in", { left: left(mark.at, now), at })}
    </>
  );
}
