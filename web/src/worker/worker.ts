/**
 * The service worker: keeps the program of this page, and nothing else. What the server said is kept by
 * the page, with its age (`api/kept.ts`).
 *
 * A new version waits until somebody takes it or no tab is left, so that a page never gets parts of
 * another version, and is never loaded anew under somebody who types.
 */
import { fileFor, HASHED, SHELL } from "./routes.ts";
import type { Scope } from "./scope.ts";

declare const self: Scope;

/** The files of this version; the build puts them in. */
declare const __FILES__: readonly string[];
/** Tells this version from every other; the build puts it in. */
declare const __VERSION__: string;

/** What all our stores of files begin with. */
const PREFIX = "watchbell-";
const STORE = `${PREFIX}${__VERSION__}`;

/** The page that says this takes the new version. */
const TAKE_OVER = "take-over";

/** More at once would stand in the way of what somebody waits for. */
const AT_ONCE = 2;

/** A stored file is the same whatever a request says it understands. */
const HOW = { ignoreVary: true };

const files = new Set(__FILES__);

self.addEventListener("install", (event) => {
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(begin());
});

self.addEventListener("message", ({ data }) => {
  if (data === TAKE_OVER) {
    void self.skipWaiting();
  }
});

self.addEventListener("fetch", (event) => {
  const file = fileFor(event.request, location.origin, files);
  if (file !== undefined) {
    event.respondWith(answer(file, event.request));
  }
});

async function answer(file: string, request: Request): Promise<Response> {
  const store = await self.caches.open(STORE);
  // A tab of the version before asks for its own; and the browser may have thrown files away.
  return (await store.match(file, HOW)) ?? (await self.caches.match(file, HOW)) ?? fetch(request);
}

/** Takes every file of this version; if one cannot be had, the version before stays. */
async function fill(): Promise<void> {
  const store = await self.caches.open(STORE);
  const waiting = [SHELL, ...files];
  const takeNext = async () => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      await store.put(file, await newest(file));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeNext));
}

async function newest(file: string): Promise<Response> {
  const isHashed = file.startsWith(HASHED);
  const known = isHashed ? await self.caches.match(file, HOW) : undefined;
  if (known !== undefined) {
    return known;
  }
  const fresh = await fetch(file, { cache: isHashed ? "default" : "no-cache", priority: "low" });
  // A proxy that wants a login sends somewhere else.
  if (!fresh.ok || fresh.redirected) {
    throw new Error(`${file} answered ${fresh.status}`);
  }
  return fresh;
}

/** Serves the tabs that are open, and lets go of what no tab can need. */
async function begin(): Promise<void> {
  await self.clients.claim();
  const stores = (await self.caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== STORE);
  // A tab of the version before may still ask for its parts: its store goes with the next version.
  await Promise.all(stores.slice(0, -1).map((name) => self.caches.delete(name)));
}
