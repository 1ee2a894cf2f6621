import { useQuery } from "@tanstack/react-query";

import { servicesQuery } from "../../api/directory.ts";

/** The names of the services that page through a policy; undefined until it is known. */
export function useServicesOf(policy: string): string[] | undefined {
  const { data } = useQuery(servicesQuery);
  return data?.items.filter((service) => service.policy === policy).map((service) => service.name);
}
