import { useNow } from "./now.ts";
import { Say } from "./Say.tsx";
import { useStale } from "./stale.ts";
import { clock, iso, left, millis, type Moment, running, span, when } from "./time.ts";
import { useZone } from "./zone.ts";

interface TimeProps {
  at: Moment;
  className?: string | undefined;
}

function machine(at: Moment): string {
  return new Date(millis(at)).toISOString();
}

/** The clock time alone: `03:11:40`. */
export function Clock({ at, className, seconds = true }: TimeProps & { seconds?: boolean }) {
  const zone = useZone();
  return (
    <time className={className} dateTime={machine(at)} title={iso(at, zone)}>
      {clock(at, zone, seconds)}
    </time>
  );
}

/** Clock time, with the day where it is another one: `Fri 22:14`. */
export function When({ at, className, seconds = false }: TimeProps & { seconds?: boolean }) {
  const zone = useZone();
  return (
    <time className={className} dateTime={machine(at)} title={iso(at, zone)}>
      {when(at, useNow(), zone, seconds)}
    </time>
  );
}

/** How long ago, in words: `6 min`. */
export function Age({ at, className }: TimeProps) {
  const zone = useZone();
  return (
    <time className={className} dateTime={machine(at)} title={iso(at, zone)}>
      {span(useNow() - millis(at))}
    </time>
  );
}

/** How long ago, on a running clock: `6:12`. */
export function Running({ at, className }: TimeProps) {
  const zone = useZone();
  return (
    <time className={className} dateTime={machine(at)} title={iso(at, zone)}>
      {running(useNow() - millis(at))}
    </time>
  );
}

/** When it comes: `in 3:48`; of what may be over, `at 03:20`. */
export function In({ at }: TimeProps) {
  return useStale() ? (
    <Say k="ui.time.at" values={{ when: <When at={at} /> }} />
  ) : (
    <Say k="ui.time.in" values={{ left: <Left at={at} /> }} />
  );
}

/** How long until then: `3:48`. Not announced: it changes every second. */
export function Left({ at, className }: TimeProps) {
  const zone = useZone();
  return (
    <time className={className} dateTime={machine(at)} title={iso(at, zone)} aria-live="off">
      {left(at, useNow())}
    </time>
  );
}
