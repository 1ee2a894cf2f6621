/** What a service worker sees around it, as far as ours uses it: the types of a page and of a worker do not go together. */

/** An event that lasts until its work is done. */
interface LastingEvent extends Event {
  waitUntil: (work: Promise<unknown>) => void;
}

/** A request of a page. */
interface RequestEvent extends LastingEvent {
  readonly request: Request;
  respondWith: (answer: Promise<Response>) => void;
}

interface Events {
  install: LastingEvent;
  activate: LastingEvent;
  fetch: RequestEvent;
  message: MessageEvent;
}

/** The global scope of the worker. */
export interface Scope {
  readonly caches: CacheStorage;
  readonly clients: { claim: () => Promise<void> };
  skipWaiting: () => Promise<void>;
  addEventListener: <K extends keyof Events>(type: K, listener: (event: Events[K]) => void) => void;
}
