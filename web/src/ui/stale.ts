import { createContext, use } from "react";

/** Whether what is shown may be over: then nothing is counted down. */
export const StaleContext = createContext(false);

/** Whether what is shown may be over. */
export function useStale(): boolean {
  return use(StaleContext);
}
