/** What the navigation shows. */
import { useQuery } from "@tanstack/react-query";

import { statusQuery } from "../api/session.ts";
import { type View, VIEWS } from "../views/registry.ts";

/** As many views as stand in a phone's bar; the others are behind "More". */
export const IN_BAR = 4;

/** The views of the navigation that exist here. */
export function useNavigation(): View[] {
  const { data: isDemo } = useQuery({ ...statusQuery, select: (status) => status.demo });
  return VIEWS.filter((view) => view.nav !== undefined && (view.demoOnly !== true || isDemo === true));
}
