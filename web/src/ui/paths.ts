/** Addresses of views, in one place. */
export const paths = {
  changes: (object?: string) => (object === undefined ? "/changes" : `/changes?object=${object}`),
  dashboards: () => "/dashboards",
  dashboard: (id: string) => `/dashboards/${id}`,
  /** A new one, with a chart of these targets. */
  newDashboard: (targets: readonly string[] = []) =>
    targets.length === 0 ? "/dashboards/new" : `/dashboards/new?${new URLSearchParams(targets.map((one) => ["t", one])).toString()}`,
  incidents: (filter?: string) => (filter === undefined || filter === "" ? "/" : `/?${filter}`),
  incident: (id: string) => `/incidents/${id}`,
  me: () => "/me",
  metrics: (target?: string) => (target === undefined ? "/metrics-explorer" : `/metrics-explorer?t=${encodeURIComponent(target)}`),
  explore: (targets: readonly string[]) =>
    `/metrics-explorer?${new URLSearchParams(targets.map((one) => ["t", one])).toString()}`,
  monitors: () => "/monitors",
  monitor: (id: string) => `/monitors/${id}`,
  newMonitor: (target?: string) => (target === undefined ? "/monitors/new" : `/monitors/new?target=${encodeURIComponent(target)}`),
  onCall: () => "/on-call",
  outbox: () => "/outbox",
  people: () => "/people",
  policies: () => "/policies",
  policy: (id: string) => `/policies/${id}`,
  newPolicy: () => "/policies/new",
  schedules: () => "/schedules",
  schedule: (id: string) => `/schedules/${id}`,
  newSchedule: () => "/schedules/new",
  services: () => "/services",
  service: (id: string) => `/services/${id}`,
  newService: () => "/services/new",
  editService: (id: string) => `/services/${id}/edit`,
  integrations: () => "/integrations",
  integration: (id: string) => `/integrations/${id}`,
  signIn: (from?: string) =>
    from === undefined || from === "/" ? "/sign-in" : `/sign-in?from=${encodeURIComponent(from)}`,
};
