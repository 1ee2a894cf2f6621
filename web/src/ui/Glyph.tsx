import type { JSX } from "react";

import css from "./Glyph.module.css";

/** Drawn for this product: closed shapes for states, lines for things. */
const SHAPES = {
  incidents: (
    <>
      <path d="M10 3.2 18 16.8H2z"/>
      <path d="M10 8.2v4"/>
      <path d="M10 14.6v.1"/>
    </>
  ),
  onCall: (
    <>
      <circle cx="10" cy="6.4" r="3.4"/>
      <path d="M3 17.2c.8-3.6 3.5-5.4 7-5.4s6.2 1.8 7 5.4"/>
    </>
  ),
  services: (
    <>
      <rect x="2.6" y="3" width="6" height="5.4" rx="1"/>
      <rect x="11.4" y="11.6" width="6" height="5.4" rx="1"/>
      <path d="M5.6 8.4v3.9a2 2 0 0 0 2 2h3.8"/>
    </>
  ),
  wall: (
    <>
      <rect x="2.2" y="3.6" width="15.6" height="10.4" rx="1.4"/>
      <path d="M6.5 17.2h7M5.2 7h6M5.2 10.4h4"/>
    </>
  ),
  outbox: (
    <>
      <rect x="5.4" y="2.2" width="9.2" height="15.6" rx="2"/>
      <path d="M8.8 15.2h2.4"/>
    </>
  ),
  chart: <path d="M3 2.8v14.4h14.4M5.8 13l3.6-4.4 3 2.4 4.4-6"/>,
  dashboard: (
    <>
      <rect x="2.6" y="3" width="14.8" height="14" rx="1.2"/>
      <path d="M2.6 10h14.8M10 3v7M5 7.4l1.2-1.6 1.4 1M12.4 6.6h3M5 14.6l3-2 3.4 1.2 3.6-1.6"/>
    </>
  ),
  people: (
    <>
      <circle cx="7.4" cy="7" r="2.8"/>
      <path d="M1.8 16.4c.6-3 2.7-4.6 5.6-4.6s5 1.6 5.6 4.6"/>
      <path d="M13 4.5a2.8 2.8 0 0 1 0 5M14.6 12.2c2 .6 3.2 2 3.6 4.2"/>
    </>
  ),
  wayIn: <path d="M11.6 3.2h5v13.6h-5M2.8 10h9M8.4 6.6 11.8 10l-3.4 3.4"/>,
  ladder: <path d="M6 2.5v15M14 2.5v15M6 6h8M6 10h8M6 14h8"/>,
  calendar: (
    <>
      <rect x="2.8" y="4" width="14.4" height="13" rx="1.5"/>
      <path d="M2.8 8.4h14.4M6.6 2.2v3.4M13.4 2.2v3.4"/>
    </>
  ),
  record: (
    <>
      <path d="M3.4 10a6.8 6.8 0 1 0 2-4.8"/>
      <path d="M3.2 2.6v3.6h3.6M10 6v4.3l2.8 1.7"/>
    </>
  ),
  settings: (
    <>
      <path d="M3 6h14M3 14h14"/>
      <circle cx="7" cy="6" r="2.1" className={css.hole}/>
      <circle cx="13" cy="14" r="2.1" className={css.hole}/>
    </>
  ),
  more: <path d="M3 5.5h14M3 10h14M3 14.5h14"/>,
  find: (
    <>
      <circle cx="8.8" cy="8.8" r="5.3"/>
      <path d="m13 13 4.2 4.2"/>
    </>
  ),
  back: <path d="M12.5 4 6.5 10l6 6"/>,
  close: <path d="m5 5 10 10M15 5 5 15"/>,
  triggered: (
    <>
      <path d="M8 1.3 15.4 14.4H.6z" fill="currentColor"/>
      <path d="M8 5.6v4.2M8 11.7v.9" className={css.cut} strokeWidth="1.7"/>
    </>
  ),
  acknowledged: (
    <>
      <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.7"/>
      <path d="M8 3.6a4.4 4.4 0 0 0 0 8.8z" fill="currentColor"/>
    </>
  ),
  resolved: <path d="m2.4 8.6 3.7 3.8 7.5-8.5" fill="none" stroke="currentColor" strokeWidth="2.3"/>,
  firing: (
    <>
      <path d="M.8 10.6h14.4" stroke="currentColor" strokeWidth="1.2" strokeDasharray="2 1.6"/>
      <path d="M5 10V2.2h6V10z" fill="currentColor"/>
      <path d="M.8 14h4.2M11 14h4.2" stroke="currentColor" strokeWidth="1.7"/>
    </>
  ),
  well: (
    <>
      <path d="M.8 4.6h14.4" stroke="currentColor" strokeWidth="1.2" strokeDasharray="2 1.6"/>
      <path d="M.8 11.2h3.4l2-1.6 2.6 2.8 2.1-1.2h4.3" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinejoin="round"/>
    </>
  ),
  silent: (
    <>
      <path d="M.8 4.6h14.4" stroke="currentColor" strokeWidth="1.2" strokeDasharray="2 1.6"/>
      <path d="M.8 11.2h3.8M12 11.2h3.2" stroke="currentColor" strokeWidth="1.9"/>
      <path d="m6.6 9.4 3.4 3.6m0-3.6-3.4 3.6" stroke="currentColor" strokeWidth="1.5"/>
    </>
  ),
  signal: <path d="M1 11h3l2.4-7.5L9.6 13l1.6-4H15" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round"/>,
  page: (
    <>
      <path d="M14.6 1.5 1.4 6.8l5 2.4 2.6 5.3z" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round"/>
      <path d="m6.4 9.2 3.7-3.4" stroke="currentColor" strokeWidth="1.4"/>
    </>
  ),
  received: <path d="m1.2 8.8 3 3 6-7M7.6 11.3l.6.5 6.4-7" fill="none" stroke="currentColor" strokeWidth="1.6"/>,
  failed: (
    <>
      <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" strokeWidth="1.5"/>
      <path d="m5.5 5.5 5 5m0-5-5 5" stroke="currentColor" strokeWidth="1.7"/>
    </>
  ),
  wait: (
    <>
      <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.5"/>
      <path d="M8 4.3V8l2.6 1.8" fill="none" stroke="currentColor" strokeWidth="1.6"/>
    </>
  ),
  said: <path d="M2 2.6h12v8.2H7.4L4 13.8v-3H2z" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round"/>,
  step: <path d="M1.5 13.5h4V9.3h4.3V5.1h4.7" fill="none" stroke="currentColor" strokeWidth="1.7"/>,
  ring: <circle cx="8" cy="8" r="4.2" fill="currentColor"/>,
  stopped: (
    <>
      <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" strokeWidth="1.6"/>
      <path d="m3.8 12.2 8.4-8.4" stroke="currentColor" strokeWidth="1.6"/>
    </>
  ),
  bell: (
    <>
      <path d="M3 11.5c1.3-1.2 1.5-2.8 1.5-4.7a3.5 3.5 0 0 1 7 0c0 1.9.2 3.5 1.5 4.7z" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round"/>
      <path d="M6.6 13.6h2.8" stroke="currentColor" strokeWidth="1.6"/>
    </>
  ),
  mail: (
    <>
      <rect x="1.4" y="3" width="13.2" height="10" rx="1" fill="none" stroke="currentColor" strokeWidth="1.5"/>
      <path d="m2 4 6 5 6-5" fill="none" stroke="currentColor" strokeWidth="1.5"/>
    </>
  ),
  hook: <path d="M6.3 9.7 9.7 6.3M7.3 4.5l1.3-1.3a2.95 2.95 0 0 1 4.2 4.2l-1.3 1.3M8.7 11.5l-1.3 1.3a2.95 2.95 0 0 1-4.2-4.2l1.3-1.3" fill="none" stroke="currentColor" strokeWidth="1.6"/>,
  logo: (
    <>
      <path d="M12 2.6v2.2" stroke="currentColor" strokeWidth="2"/>
      <path d="M5 16.6c1.7-1.7 2-3.9 2-6.6a5 5 0 0 1 10 0c0 2.7.3 4.9 2 6.6z" fill="currentColor"/>
      <path d="M3.6 18.3h16.8" stroke="currentColor" strokeWidth="1.8"/>
      <circle cx="12" cy="21" r="1.7" fill="currentColor"/>
    </>
  ),
} satisfies Record<string, JSX.Element>;

/** Glyphs drawn as lines on a field of 20. */
const LINES: ReadonlySet<string> = new Set(["record", "dashboard", "people", "wall", "chart", "wayIn", "ladder", "calendar", "incidents", "onCall", "services", "outbox", "settings", "more", "find", "back", "close"]);

/** The name of a glyph. */
export type GlyphName = keyof typeof SHAPES;

interface GlyphProps {
  name: GlyphName;
  /** What it says to those who cannot see it; without, it is decoration beside a word. */
  label?: string | undefined;
  className?: string | undefined;
  /** Edge in px, when it is not the usual one. */
  size?: number | undefined;
}

/** One glyph, in the colour of the text around it. */
export function Glyph({ name, label, className, size }: GlyphProps) {
  const isLine = LINES.has(name);
  const field = name === "logo" ? 24 : isLine ? 20 : 16;
  const edge = size ?? field;
  const classes = [isLine ? css.line : undefined, className].filter(Boolean).join(" ");
  return (
    <svg
      className={classes}
      viewBox={`0 0 ${field} ${field}`}
      width={edge}
      height={edge}
      role={label === undefined ? undefined : "img"}
      aria-label={label}
      aria-hidden={label === undefined ? true : undefined}
    >
      {SHAPES[name]}
    </svg>
  );
}
