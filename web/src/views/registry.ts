/** The views: this list feeds the router, the navigation and "find or do". */
import type { ComponentType } from "react";

import type { GlyphName } from "../ui/Glyph.tsx";

/** A view behind the sign-in. */
export interface View {
  name:
    | "incidents"
    | "incident"
    | "wall"
    | "on_call"
    | "outbox"
    | "monitors"
    | "monitor"
    | "metrics"
    | "dashboards"
    | "dashboard"
    | "policies"
    | "policy"
    | "schedules"
    | "people"
    | "schedule"
    | "me"
    | "system"
    | "changes"
    | "services"
    | "service"
    | "new_service"
    | "edit_service"
    | "integrations"
    | "integration";
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
    name: "services",
    path: "/services",
    load: () => import("./services/Services.tsx"),
    nav: { glyph: "services", keys: "g s" },
  },
  { name: "new_service", path: "/services/new", load: () => import("./services/NewService.tsx") },
  { name: "service", path: "/services/:id", load: () => import("./services/Service.tsx") },
  { name: "edit_service", path: "/services/:id/edit", load: () => import("./services/EditService.tsx") },
  { name: "integration", path: "/integrations/:id", load: () => import("./integrations/Integration.tsx") },
  {
    name: "monitors",
    path: "/monitors",
    load: () => import("./monitors/Monitors.tsx"),
    nav: { glyph: "signal", keys: "g m" },
  },
  { name: "monitor", path: "/monitors/:id", load: () => import("./monitors/Monitor.tsx") },
  {
    name: "schedules",
    path: "/schedules",
    load: () => import("./schedules/Schedules.tsx"),
    nav: { glyph: "calendar", keys: "g c" },
  },
  { name: "schedule", path: "/schedules/:id", load: () => import("./schedules/Schedule.tsx") },
  {
    name: "metrics",
    path: "/metrics-explorer",
    load: () => import("./metrics/Metrics.tsx"),
    nav: { glyph: "chart", keys: "g x" },
  },
  {
    name: "dashboards",
    path: "/dashboards",
    load: () => import("./dashboards/Dashboards.tsx"),
    nav: { glyph: "dashboard", keys: "g d" },
  },
  { name: "dashboard", path: "/dashboards/:id", load: () => import("./dashboards/Dashboard.tsx") },
  {
    name: "policies",
    path: "/policies",
    load: () => import("./policies/Policies.tsx"),
    nav: { glyph: "ladder", keys: "g p" },
  },
  { name: "policy", path: "/policies/:id", load: () => import("./policies/Policy.tsx") },
  {
    name: "integrations",
    path: "/integrations",
    load: () => import("./integrations/Integrations.tsx"),
    nav: { glyph: "wayIn", keys: "g n" },
  },
  { name: "wall", path: "/wall", load: () => import("./wall/Wall.tsx"), nav: { glyph: "wall", keys: "g w" } },
  {
    name: "people",
    path: "/people",
    load: () => import("./people/People.tsx"),
    nav: { glyph: "people", keys: "g u" },
  },
  {
    name: "system",
    path: "/system",
    load: () => import("./system/System.tsx"),
    nav: { glyph: "settings", keys: "g y" },
  },
  { name: "me", path: "/me", load: () => import("./me/Me.tsx") },
  {
    name: "changes",
    path: "/changes",
    load: () => import("./changes/Changes.tsx"),
    nav: { glyph: "record", keys: "g h" },
  },
  {
    name: "outbox",
    path: "/outbox",
    load: () => import("./outbox/Outbox.tsx"),
    nav: { glyph: "outbox", keys: "g b" },
    demoOnly: true,
  },
];
