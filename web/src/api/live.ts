/**
 * Live hints: the server says that something changed, we ask for it again. A hint is never the thing
 * itself, so a lost one costs a refresh and nothing else.
 *
 * One connection per browser: the tab that holds the lock listens and tells the others. Where the
 * stream cannot be had, everything shown is asked for again every ten seconds.
 */
import type { QueryClient } from "@tanstack/react-query";

import { serverNow } from "../ui/now.ts";
import { keys } from "./queries.ts";

/** How the connection is. */
export interface Link {
  state: "connecting" | "live" | "polling" | "reconnecting" | "offline";
  /** Until when what is shown was surely right. */
  asOf: number;
}

const STREAM = "/api/v1/live";
const NAME = "watchbell.live";

/** The server closes a stream now and then; a connection back within this time is no news. */
const GRACE_MS = 2_000;
/** From here on we say that there is no connection. */
const OFFLINE_MS = 30_000;
/** How often we ask when nobody tells us, and how often we try to be told again. */
const POLL_MS = 10_000;
/** Hints that come together are answered together. */
const GATHER_MS = 150;

type Message =
  | { type: "hint"; kind: string; id: string }
  | { type: "reset" }
  | { type: "link"; link: Link }
  | { type: "hello" };

/** Listens as long as somebody is signed in. */
export class LiveLink {
  readonly #queries: QueryClient;
  readonly #listeners = new Set<() => void>();
  #channel: BroadcastChannel | undefined;
  readonly #stale = new Set<string>();
  #link: Link = { state: "connecting", asOf: serverNow() };
  #source: EventSource | undefined;
  #gather: ReturnType<typeof setTimeout> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isLeader = false;
  #wasOpen = false;

  constructor(queries: QueryClient) {
    this.#queries = queries;
  }

  /** Begins to listen; gives what ends it. */
  start(): () => void {
    const ended = new AbortController();
    const channel = new BroadcastChannel(NAME);
    this.#channel = channel;
    channel.onmessage = (event: MessageEvent<Message>) => {
      this.#hear(event.data);
    };
    const poll = setInterval(() => {
      this.#poll();
    }, POLL_MS);
    const offline = () => {
      this.#lost();
    };
    const online = () => {
      this.#found();
    };
    window.addEventListener("offline", offline);
    window.addEventListener("online", online);
    this.#tell({ type: "hello" });
    this.#lead(ended.signal);
    return () => {
      window.removeEventListener("offline", offline);
      window.removeEventListener("online", online);
      clearInterval(poll);
      clearTimeout(this.#gather);
      this.#gather = undefined;
      this.#channel = undefined;
      this.#isLeader = false;
      this.#close();
      channel.close();
      ended.abort();
    };
  }

  /** How the connection is, for the watch line. */
  readonly link = (): Link => this.#link;

  /** Calls back when the connection changes. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Waits for the lock and then listens for all tabs. */
  #lead(ended: AbortSignal): void {
    const listen = () => {
      if (!ended.aborted) {
        this.#isLeader = true;
        this.#open();
      }
    };
    // Locks exist on https and localhost only; elsewhere each tab listens for itself.
    const { locks } = navigator as { locks?: LockManager };
    if (locks === undefined) {
      listen();
      return;
    }
    locks
      .request(NAME, { signal: ended }, () => {
        listen();
        // Held until we stop; the next tab then listens.
        return new Promise<void>((resolve) => {
          ended.addEventListener("abort", () => {
            resolve();
          });
        });
      })
      .catch(() => {
        // Stopped while waiting.
      });
  }

  #open(): void {
    const source = new EventSource(STREAM);
    this.#source = source;
    const live = () => {
      clearTimeout(this.#grace);
      this.#grace = undefined;
      this.#set({ state: "live", asOf: serverNow() });
    };
    source.addEventListener("open", () => {
      live();
      // A stream that came back without knowing what we missed says `reset`; one that was opened anew
      // by us has no last event to go by.
      if (!this.#wasOpen) {
        this.#wasOpen = true;
        this.#hear({ type: "reset" });
      }
    });
    source.addEventListener("ready", live);
    source.addEventListener("hint", (event: MessageEvent<string>) => {
      live();
      this.#hint(event.data);
    });
    source.addEventListener("reset", () => {
      live();
      this.#tell({ type: "reset" });
      this.#hear({ type: "reset" });
    });
    source.addEventListener("error", () => {
      this.#broken(source);
    });
  }

  /** The browser says that it has no network: sooner than any time-out of ours. */
  #lost(): void {
    const asOf = this.#asOf();
    this.#close();
    this.#show({ state: "reconnecting", asOf });
  }

  /** The network is back. */
  #found(): void {
    if (this.#isLeader && this.#source === undefined) {
      this.#wasOpen = false;
      this.#open();
    }
  }

  /** Until when what we show was surely right. */
  #asOf(): number {
    return this.#link.state === "live" ? serverNow() : this.#link.asOf;
  }

  #hint(data: string): void {
    const { kind, id } = JSON.parse(data) as { kind: string; id: string };
    const message: Message = { type: "hint", kind, id };
    this.#tell(message);
    this.#hear(message);
  }

  #broken(source: EventSource): void {
    const asOf = this.#asOf();
    this.#grace ??= setTimeout(() => {
      this.#set({ state: "reconnecting", asOf });
    }, GRACE_MS);
    if (source.readyState === EventSource.CLOSED) {
      // The browser gave up: it was answered, but not with a stream.
      this.#close();
      this.#set({ state: "polling", asOf });
      this.#retry = setTimeout(() => {
        this.#wasOpen = false;
        this.#open();
      }, POLL_MS);
    }
  }

  #close(): void {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#grace);
    clearTimeout(this.#retry);
    this.#grace = undefined;
  }

  /** What another tab, or the stream itself, says. */
  #hear(message: Message): void {
    switch (message.type) {
      case "hello":
        if (this.#isLeader) {
          this.#tell({ type: "link", link: this.#link });
        }
        break;
      case "link":
        if (!this.#isLeader) {
          this.#show(message.link);
        }
        break;
      case "reset":
        void this.#queries.invalidateQueries();
        break;
      case "hint":
        this.#mark(message.kind, message.id);
        break;
    }
  }

  #mark(kind: string, id: string): void {
    for (const key of staleKeys(kind, id)) {
      this.#stale.add(JSON.stringify(key));
    }
    this.#gather ??= setTimeout(() => {
      this.#gather = undefined;
      const stale = [...this.#stale];
      this.#stale.clear();
      for (const key of stale) {
        void this.#queries.invalidateQueries({ queryKey: JSON.parse(key) as unknown[] });
      }
    }, GATHER_MS);
  }

  #poll(): void {
    const { state, asOf } = this.#link;
    if (state === "live") {
      return;
    }
    if (state === "reconnecting" && serverNow() - asOf > OFFLINE_MS) {
      this.#set({ state: "offline", asOf });
    }
    // The status has a pace of its own.
    void this.#queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.status[0] });
  }

  #set(link: Link): void {
    this.#show(link);
    this.#tell({ type: "link", link });
  }

  #show(link: Link): void {
    const before = this.#link.state;
    if (link.state === "live" && before !== "live" && before !== "connecting") {
      // It may be another instance that is back; of that no hint tells.
      void this.#queries.invalidateQueries({ queryKey: keys.status });
    }
    this.#link = link;
    for (const listener of this.#listeners) {
      listener();
    }
  }

  #tell(message: Message): void {
    this.#channel?.postMessage(message);
  }
}

/** What a hint about a kind of thing makes stale. */
export function staleKeys(kind: string, id: string): (readonly string[])[] {
  switch (kind) {
    case "incident":
      return [keys.incidents, keys.incident(id)];
    case "outbox":
      return [keys.outbox];
    case "user":
      // Names, zones and roles of everybody, and perhaps our own.
      return [keys.config, keys.me];
    default:
      return [keys.config];
  }
}
