/**
 * The program of this page: the worker that keeps it on this device, and what happens when the server has
 * a newer one. That one is offered; it is taken when somebody says so, never under somebody who types.
 */
import { t } from "../i18n.ts";
import { toast } from "../ui/toasts.ts";

/** What the worker is told; it stands in `worker/worker.ts`, too. */
const TAKE_OVER = "take-over";

/** How often we look whether what somebody waits for is there. */
const LOOK_MS = 1_000;

/** Keeps the program on this device, once what somebody waits for is there; then does what that allows. */
export function keepProgram(isQuiet: () => boolean, then: () => Promise<void>): void {
  if (!("serviceWorker" in navigator)) {
    return;
  }
  const look = setInterval(() => {
    if (document.readyState === "complete" && isQuiet()) {
      clearInterval(look);
      // Where it may not be kept, as in a private window, it comes from the server each time.
      register().then(then).catch(() => undefined);
    }
  }, LOOK_MS);
}

async function register(): Promise<void> {
  const found = await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const look = () => {
    const next = found.waiting ?? found.installing;
    // The first one replaces nothing.
    if (next !== null && found.active !== null) {
      void whenIn(next, "installed").then(offer);
    }
  };
  look();
  found.addEventListener("updatefound", look);
}

function whenIn(worker: ServiceWorker, state: ServiceWorkerState): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (worker.state === state) {
        worker.removeEventListener("statechange", look);
        resolve();
      }
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

function offer(): void {
  toast({
    glyph: "received",
    tone: "dim",
    text: t("ui.version.new"),
    more: t("ui.version.new_text"),
    action: { label: t("ui.version.load"), run: takeNewest },
    stays: true,
    about: "version",
  });
}

/** Loads the page anew with the newest program. */
export function takeNewest(): void {
  void takeOver().finally(() => {
    window.location.reload();
  });
}

/** What keeps the program here; nothing does in a page that is not from a safe place. */
function registration(): Promise<ServiceWorkerRegistration | undefined> {
  return "serviceWorker" in navigator ? navigator.serviceWorker.getRegistration() : Promise.resolve(undefined);
}

async function takeOver(): Promise<void> {
  const keeper = await registration();
  if (keeper?.waiting === null) {
    await keeper.update();
  }
  const next = keeper?.waiting ?? keeper?.installing ?? null;
  if (next === null) {
    return;
  }
  await whenIn(next, "installed");
  const taken = whenIn(next, "activated");
  next.postMessage(TAKE_OVER);
  await taken;
}

/** Looks whether the server has a newer program, as after it was away. */
export async function lookForNewer(): Promise<void> {
  const keeper = await registration();
  if (keeper !== undefined) {
    await keeper.update().catch(() => undefined);
  } else if (import.meta.env.PROD && (await newest()) === "newer") {
    offer();
  }
}

/** What the server has: what runs here, something newer, or nothing that can be had. */
export async function newest(): Promise<"same" | "newer" | "unreachable"> {
  const entry = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  try {
    const answer = await fetch("/index.html", { cache: "no-store" });
    if (!answer.ok || entry === null) {
      return "unreachable";
    }
    return (await answer.text()).includes(new URL(entry.src).pathname) ? "same" : "newer";
  } catch {
    return "unreachable";
  }
}

/** Says that a part of the program could not be had, and how to go on. */
export async function sayMissing(): Promise<void> {
  if ((await newest()) === "newer") {
    offer();
  } else {
    toast({
      glyph: "failed",
      tone: "triggered",
      text: t("ui.version.missing"),
      more: t("ui.version.missing_text"),
      stays: true,
      about: "version",
    });
  }
}
