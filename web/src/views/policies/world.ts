import { useQuery } from "@tanstack/react-query";

import { endpointsQuery, servicesQuery, teamsQuery } from "../../api/directory.ts";
import { onCallQuery, schedulesQuery, usersQuery } from "../../api/oncall.ts";
import type { World } from "./model.ts";

/** What policies refer to, as it is right now; undefined until all of it is known. */
export function useWorld(): World | undefined {
  const { data: users } = useQuery(usersQuery);
  const { data: teams } = useQuery(teamsQuery);
  const { data: endpoints } = useQuery(endpointsQuery);
  const { data: schedules } = useQuery(schedulesQuery);
  const { data: onCall } = useQuery(onCallQuery);
  if (
    users === undefined || teams === undefined || endpoints === undefined || schedules === undefined || onCall === undefined
  ) {
    return undefined;
  }
  return {
    users: users.items,
    teams: teams.items,
    endpoints: endpoints.items,
    schedules: schedules.items,
    onCall: onCall.items,
  };
}

/** The names of the services that page through a policy; undefined until it is known. */
export function useServicesOf(policy: string): string[] | undefined {
  const { data } = useQuery(servicesQuery);
  return data?.items.filter((service) => service.policy === policy).map((service) => service.name);
}
