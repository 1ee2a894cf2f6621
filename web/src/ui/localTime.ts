/** Moments as fields for date and time write them: `2026-11-21T09:00`, in a zone. Pure. */
import { clock, dateIn, offsetMs } from "./time.ts";

const FORM = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/u;

/** A moment in a zone, as the field takes it. */
export function localText(moment: number, zone: string): string {
  return `${dateIn(moment, zone)}T${clock(moment, zone)}`;
}

/**
 * The moment of such a text; undefined when it is none. A time that occurs twice is the first; one
 * that the clocks skip is as much later as they skip.
 */
export function momentOf(text: string, zone: string): number | undefined {
  const utc = FORM.test(text) ? Date.parse(`${text}:00Z`) : Number.NaN;
  if (Number.isNaN(utc)) {
    return undefined;
  }
  const before = utc - offsetMs(utc - 86_400_000, zone);
  const after = utc - offsetMs(utc + 86_400_000, zone);
  const fits = [before, after].filter((at) => localText(at, zone) === text);
  return fits.length > 0 ? Math.min(...fits) : before;
}
