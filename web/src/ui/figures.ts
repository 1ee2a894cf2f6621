/** How measures are written where there is little room. Pure. */

const UNITS: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** Up to here thousands are written out: 1 284 reads better than 1.28k. */
const WRITTEN_OUT = 10_000;
/** Beyond these a number of zeros has to be counted. */
const TINY = 1e-4;
const HUGE = 1e15;

const PLAIN = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 20 });

/** `874`, `4.13`, `1 284`, `12.8k`, `3.2M`, `0.000123`, `5e−5`: three significant figures unless told. */
export function short(value: number, digits = 3): string {
  // Thousands that are written out keep all of theirs.
  const isWrittenOut = Math.abs(value) >= 1_000 && Math.abs(value) < WRITTEN_OUT;
  const rounded = Number(value.toPrecision(isWrittenOut ? Math.max(digits, 4) : digits));
  const size = Math.abs(rounded);
  if (size >= HUGE || (size < TINY && size > 0)) {
    return signed(rounded.toExponential().replace("e+", "e"));
  }
  const [unit, letter] = (size < WRITTEN_OUT ? undefined : UNITS.find(([least]) => size >= least)) ?? [1, ""];
  // Dividing brings back digits that were rounded away.
  const shown = Number((rounded / unit).toPrecision(15));
  return `${signed(PLAIN.format(shown).replaceAll(",", "\u202F"))}${letter}`;
}

/** As it was set: a limit is not rounded where that would move it. */
export function exact(value: number): string {
  return short(value, 6);
}

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A number of bytes by binary units, which it says: `512 KiB`. */
export function bytes(value: number): string {
  const step = value < 1 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log2(value) / 10));
  return `${short(value / 1_024 ** step)}\u00A0${SIZES[step] ?? "B"}`;
}

function signed(text: string): string {
  return text.replaceAll("-", "−");
}
