/** Addresses of views, in one place. */
export const paths = {
  incidents: (filter?: string) => (filter === undefined || filter === "" ? "/" : `/?${filter}`),
  incident: (id: string) => `/incidents/${id}`,
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
