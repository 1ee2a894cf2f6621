/** Incidents for tests: only what matters has to be said. */
import type { Delivery, Incident, IncidentDetail, Page } from "../api/types.ts";

const base: Incident = {
  id: "inc_1",
  number: 2481,
  version: 1,
  title: "Checkout p99 latency over 500 ms",
  summary: "",
  service: { id: "svc_1", name: "checkout" },
  team: { id: "tea_1", name: "Payments" },
  severity: "major",
  urgency: "high",
  state: "triggered",
  owner: null,
  opened_at: "2026-11-21T02:11:40Z",
  acknowledged_at: null,
  resolved_at: null,
  updated_at: "2026-11-21T02:11:40Z",
  alert_count: 1,
  open_alert_count: 1,
  told: null,
  next: null,
};

/** An incident as lists show it. */
export function incident(change: Partial<Incident> = {}): Incident {
  return { ...base, ...change };
}

/** An incident with everything about it. */
export function detail(change: Partial<IncidentDetail> = {}): IncidentDetail {
  return { ...base, policy: null, escalation: "due", pages: [], responders: [], absorbed: [], merged_into: null, alerts: [], record: [], ...change };
}

/** A page to a person. */
export function page(name: string, change: Partial<Page> = {}): Page {
  return {
    id: `pag_${name}`,
    recipient: { kind: "person", id: `usr_${name}`, name },
    at: "2026-11-21T02:11:40Z",
    cycle: 1,
    step: 1,
    why: "Step 1: on call in Payments.",
    deliveries: [],
    ...change,
  };
}

/** One message of a page. */
export function delivery(change: Partial<Delivery> = {}): Delivery {
  return {
    id: "dlv_1",
    method: null,
    method_name: null,
    channel: "email",
    channel_label: "E-mail",
    due_at: "2026-11-21T02:11:40Z",
    held_until: null,
    state: "planned",
    text: "Planned.",
    attempts: [],
    ...change,
  };
}
