import { createContext, use } from "react";

import { browserZone } from "./time.ts";

/** The zone times are shown in: the one of the person's profile. */
export const ZoneContext = createContext(browserZone());

/** The zone times are shown in. */
export function useZone(): string {
  return use(ZoneContext);
}
