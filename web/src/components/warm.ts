/**
 * The views nobody has opened yet: taken up one by one while nothing else is to be done, so that a slow phone has
 * read their code before somebody wants to see them. Only where this device keeps the program, so it costs no line.
 */
import { VIEWS } from "../views/registry.ts";

/** How long a browser that does not tell when it is idle is left alone in between, in ms. */
const PAUSE_MS = 200;

/** Takes them up, once the program is kept here. */
export async function warmViews(): Promise<void> {
  await navigator.serviceWorker.ready;
  for (const { load } of VIEWS) {
    await idle();
    await load();
  }
}

function idle(): Promise<unknown> {
  return new Promise((resolve) => {
    // Safari has none.
    if ("requestIdleCallback" in window) {
      requestIdleCallback(resolve);
    } else {
      setTimeout(resolve, PAUSE_MS);
    }
  });
}
