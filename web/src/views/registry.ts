/** The views: this list feeds the router, the navigation and "find or do". */
import type { ComponentType } from "react";

import type { GlyphName } from "../ui/Glyph.tsx";

/** A view behind the sign-in. */
export interface View {
  name: "incidents" | "incident" | "on_call" | "outbox" | "policies" | "policy";
  /** Its address, as the router reads it. */
  path: string;
  /** Loaded when it is first shown. */
  load: () => Promise<{ default: ComponentType }>;
  /** How the navigation shows it; views without are reached from others. */
  nav?: { glyph: GlyphName; keys: string };
  /** Only where the demo runs. */
  demoOnly?: boolean;
}

export const VIEWS: readonly View[] = [
  {
    name: "incidents",
    path: "/",
    load: () => import("./incidents/Incidents.tsx"),
    nav: { glyph: "incidents", keys: "g i" },
  },
  { name: "incident", path: "/incidents/:id", load: () => import("./incident/Incident.tsx") },
  {
    name: "on_call",
    path: "/on-call",
    load: () => import("./on-call/OnCall.tsx"),
    nav: { glyph: "onCall", keys: "g o" },
  },
  {
    name: "policies",
    path: "/policies",
    load: () => import("./policies/Policies.tsx"),
    nav: { glyph: "ladder", keys: "g p" },
  },
  { name: "policy", path: "/policies/:id", load: () => import("./policies/Policy.tsx") },
  {
    name: "outbox",
    path: "/outbox",
    load: () => import("./outbox/Outbox.tsx"),
    nav: { glyph: "outbox", keys: "g b" },
    demoOnly: true,
  },
];
