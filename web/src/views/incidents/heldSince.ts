import { type PointerEvent, useState } from "react";

import { serverNow } from "../../ui/now.ts";

/** New rows wait while the pointer is over the list: nothing jumps away under it. */
export function useHeldSince() {
  const [since, setSince] = useState<number>();
  return {
    since,
    hold: (event: PointerEvent) => {
      // A finger does not hover.
      if (event.pointerType === "mouse") {
        setSince(serverNow());
      }
    },
    release: () => {
      setSince(undefined);
    },
  };
}
