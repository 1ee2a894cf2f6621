/** Addresses of views, in one place. */
export const paths = {
  incidents: (filter?: string) => (filter === undefined || filter === "" ? "/" : `/?${filter}`),
  incident: (id: string) => `/incidents/${id}`,
  metrics: (target?: string) => (target === undefined ? "/metrics-explorer" : `/metrics-explorer?t=${encodeURIComponent(target)}`),
  monitors: () => "/monitors",
  monitor: (id: string) => `/monitors/${id}`,
  newMonitor: (target?: string) => (target === undefined ? "/monitors/new" : `/monitors/new?target=${encodeURIComponent(target)}`),
  onCall: () => "/on-call",
  outbox: () => "/outbox",
  policies: () => "/policies",
  policy: (id: string) => `/policies/${id}`,
  newPolicy: () => "/policies/new",
  schedules: () => "/schedules",
  schedule: (id: string) => `/schedules/${id}`,
  services: () => "/services",
  service: (id: string) => `/services/${id}`,
  newService: () => "/services/new",
  editService: (id: string) => `/services/${id}/edit`,
  integration: (id: string) => `/integrations/${id}`,
  signIn: (from?: string) =>
    from === undefined || from === "/" ? "/sign-in" : `/sign-in?from=${encodeURIComponent(from)}`,
};
