/**
 * Live hints: the server says that something changed, we ask for it again. A hint is never the thing
 * itself, so a lost one costs a refresh and nothing else.
 *
 * One connection per browser: the tab that leads listens and tells the others. It comes back with what
 * it heard last, so that the server tells what was missed, or says `reset`. Where the stream cannot be
 * had, everything shown is asked for again every ten seconds.
 */
import type { QueryClient } from "@tanstack/react-query";

import { serverNow } from "../ui/now.ts";
import { dropRestored } from "./kept.ts";
import { keys, sessionEnded } from "./queries.ts";
import { type Ending, listen, type Said } from "./stream.ts";
import { Tabs } from "./tabs.ts";

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
/** How often we ask when nobody tells us, and how often the tabs hear of each other. */
const TICK_MS = 10_000;
/** Ticks further apart than this mean that the machine slept: no line survives that. */
const SLEPT_MS = 25_000;
/** Hints that come together are answered together. */
const GATHER_MS = 150;
/** How long we wait before each try; the last one for ever. */
const PAUSES_MS = [300, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000] as const;

type Message =
  | { type: "hint"; kind: string; id: string; at: string | undefined }
  | { type: "reset"; at: string | undefined }
  | { type: "link"; link: Link; at: string | undefined }
  | { type: "hello" };

/** How long to wait after so many failures in a row, spread so that not all come back at once. */
export function pauseMs(failures: number, chance: number): number {
  const base = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 0;
  return base * (0.75 + chance / 2);
}

/** Listens as long as somebody is signed in. */
export class LiveLink {
  readonly #queries: QueryClient;
  readonly #listeners = new Set<() => void>();
  readonly #stale = new Set<string>();
  #tabs: Tabs<Message> | undefined;
  #link: Link = { state: "connecting", asOf: serverNow() };
  /** What was heard last, by whichever tab. */
  #at: string | undefined;
  /** What was asked for before somebody listened may be old already. */
  #isFresh = false;
  #gather: ReturnType<typeof setTimeout> | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #tickedAt = Date.now();
  /** Ends the listening of this tab. */
  #listening: AbortController | undefined;
  /** Ends the present connection, and the next is tried at once. */
  #connection: AbortController | undefined;
  /** Ends the wait before the next try. */
  #wake: (() => void) | undefined;

  readonly #onBack: () => void;

  /** `onBack` hears that the server is back: it may be another version. */
  constructor(queries: QueryClient, onBack: () => void = () => undefined) {
    this.#queries = queries;
    this.#onBack = onBack;
  }

  /** Begins to listen; gives what ends it. */
  start(): () => void {
    const tabs = new Tabs<Message>(NAME, {
      onMessage: (message) => {
        this.#hear(message);
      },
      onLead: () => {
        this.#listen();
      },
      onFollow: () => {
        this.#hush();
      },
    });
    this.#tabs = tabs;
    this.#tickedAt = Date.now();
    const ticks = setInterval(() => {
      this.#tick();
    }, TICK_MS);
    const again = () => {
      this.#again();
    };
    const seen = () => {
      if (document.visibilityState === "visible" && this.#link.state !== "live") {
        this.#again();
      }
    };
    // Without a network the line is dead, though nobody has told it; with one it may be back.
    window.addEventListener("offline", again);
    window.addEventListener("online", again);
    document.addEventListener("visibilitychange", seen);
    const unsubscribe = sessionEnded.subscribe(() => {
      if (!sessionEnded.get()) {
        this.#again();
      }
    });
    tabs.start();
    tabs.tell({ type: "hello" });
    return () => {
      window.removeEventListener("offline", again);
      window.removeEventListener("online", again);
      document.removeEventListener("visibilitychange", seen);
      unsubscribe();
      clearInterval(ticks);
      clearTimeout(this.#gather);
      this.#gather = undefined;
      this.#hush();
      tabs.stop();
      this.#tabs = undefined;
    };
  }

  /** How the connection is, for the watch line. */
  readonly link = (): Link => this.#link;

  /** Calls back when the connection changes. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Listens, for all tabs, until it is hushed. */
  #listen(): void {
    this.#hush();
    const listening = new AbortController();
    this.#listening = listening;
    void this.#keepListening(listening.signal);
  }

  #hush(): void {
    this.#listening?.abort();
    this.#listening = undefined;
    this.#connection?.abort();
    this.#wake?.();
    clearTimeout(this.#grace);
    this.#grace = undefined;
  }

  async #keepListening(hushed: AbortSignal): Promise<void> {
    // Asked anew each time: it changes while we wait.
    const isOver = () => hushed.aborted;
    let failures = 0;
    while (!isOver()) {
      const live = { was: false };
      const connection = new AbortController();
      this.#connection = connection;
      const after = this.#at;
      const ending = await listen(STREAM, {
        after,
        signal: connection.signal,
        onSaid: (said) => {
          live.was = true;
          this.#said(said, after);
        },
      });
      if (isOver()) {
        return;
      }
      this.#broken(ending);
      failures = live.was ? 0 : failures + 1;
      await this.#pause(pauseMs(failures, Math.random()));
    }
  }

  #said({ id, event, data }: Said, after: string | undefined): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#at = id ?? this.#at;
    if (this.#link.state !== "live") {
      this.#set({ state: "live", asOf: serverNow() });
    }
    // Without anything to come back with, the server cannot know what was missed.
    const isReset = event === "reset" || (event === "ready" && after === undefined);
    if (isReset) {
      this.#share({ type: "reset", at: this.#at });
    } else if (event === "hint") {
      const { kind, id: of } = JSON.parse(data) as { kind: string; id: string };
      this.#share({ type: "hint", kind, id: of, at: this.#at });
    }
  }

  #broken(ending: Ending): void {
    const asOf = this.#link.state === "live" ? serverNow() : this.#link.asOf;
    if (ending.kind === "refused" && ending.status === 401) {
      // Whether that is the end of the session is decided where it is asked who looks.
      void this.#queries.invalidateQueries({ queryKey: keys.me });
    } else if (ending.kind === "refused" && ending.status < 500) {
      clearTimeout(this.#grace);
      this.#grace = undefined;
      this.#set({ state: "polling", asOf });
      return;
    }
    if (this.#link.state === "offline" || this.#link.state === "reconnecting") {
      return;
    }
    this.#grace ??= setTimeout(() => {
      this.#grace = undefined;
      this.#set({ state: "reconnecting", asOf });
    }, GRACE_MS);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Tries at once, whatever the line looks like. */
  #again(): void {
    this.#connection?.abort();
    this.#wake?.();
  }

  /** To this tab and all others. */
  #share(message: Message): void {
    this.#tabs?.tell(message);
    this.#hear(message);
  }

  /** What another tab, or the stream itself, says. */
  #hear(message: Message): void {
    switch (message.type) {
      case "hello":
        if (this.#tabs?.leads === true) {
          this.#tabs.tell({ type: "link", link: this.#link, at: this.#at });
        }
        return;
      case "link":
        this.#at = message.at ?? this.#at;
        if (this.#tabs?.leads !== true) {
          this.#show(message.link);
          this.#refreshOnce();
        }
        return;
      case "reset":
        this.#at = message.at ?? this.#at;
        this.#isFresh = true;
        void this.#queries.invalidateQueries();
        return;
      case "hint":
        this.#at = message.at ?? this.#at;
        this.#mark(message.kind, message.id);
        return;
    }
  }

  /** For a tab that joins others, which need no reset. */
  #refreshOnce(): void {
    if (!this.#isFresh) {
      this.#isFresh = true;
      void this.#queries.invalidateQueries();
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

  #tick(): void {
    const now = Date.now();
    const slept = now - this.#tickedAt > SLEPT_MS;
    this.#tickedAt = now;
    this.#tabs?.check();
    if (this.#tabs?.leads === true) {
      if (slept) {
        this.#again();
      }
      this.#tabs.tell({ type: "link", link: this.#link, at: this.#at });
    }
    const { state, asOf } = this.#link;
    if (state === "live" || sessionEnded.get()) {
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
    this.#tabs?.tell({ type: "link", link, at: this.#at });
  }

  #show(link: Link): void {
    const before = this.#link;
    if (before.state === link.state && before.asOf === link.asOf) {
      return;
    }
    if (link.state === "live" && before.state !== "live" && before.state !== "connecting") {
      // It may be another instance that is back; of that no hint tells.
      void this.#queries.invalidateQueries({ queryKey: keys.status });
      this.#onBack();
    }
    if (link.state === "live") {
      dropRestored(this.#queries);
    }
    this.#link = link;
    for (const listener of this.#listeners) {
      listener();
    }
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
