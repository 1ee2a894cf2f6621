/** Who is paused. Pure. */
import type { User } from "../../api/types.ts";
import { millis } from "../../ui/time.ts";

/** Until when nobody pages somebody; undefined when they are not paused now. */
export function pauseOf(user: Pick<User, "paused_until"> | undefined, now: number): string | undefined {
  const until = user?.paused_until ?? undefined;
  return until !== undefined && millis(until) > now ? until : undefined;
}
