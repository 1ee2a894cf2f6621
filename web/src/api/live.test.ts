import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LiveLink, pauseMs, staleKeys } from "./live.ts";
import { keys, sessionEnded } from "./queries.ts";

/** A connection that does what the test says. */
class Line {
  static opened: Line[] = [];
  /** How the next ones are answered; a stream when undefined. */
  static answer: (() => Response | Error) | undefined;
  readonly after: string | null;
  /** We closed it. */
  isClosed = false;
  #out: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(init: RequestInit | undefined) {
    this.after = new Headers(init?.headers).get("last-event-id");
    Line.opened.push(this);
  }

  stream(signal: AbortSignal | null | undefined): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (out) => {
        this.#out = out;
        signal?.addEventListener("abort", () => {
          this.isClosed = true;
          this.breakOff();
        });
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  async say(event: string, id: string, data = "{}") {
    this.#out?.enqueue(new TextEncoder().encode(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`));
    await vi.advanceTimersByTimeAsync(0);
  }

  async beat() {
    this.#out?.enqueue(new TextEncoder().encode(":\n\n"));
    await vi.advanceTimersByTimeAsync(0);
  }

  breakOff() {
    try {
      this.#out?.error(new TypeError("network error"));
    } catch {
      // It was broken before.
    }
  }
}

function connect(_: string, init?: RequestInit): Promise<Response> {
  const line = new Line(init);
  const answer = Line.answer?.();
  return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? line.stream(init?.signal));
}

function last(): Line {
  const line = Line.opened.at(-1);
  if (line === undefined) {
    throw new Error("nothing was opened");
  }
  return line;
}

const lost = () => new TypeError("Failed to fetch");
const asked: unknown[] = [];

/** A tab's link; it notes what it asks for. */
function tab() {
  const queries = new QueryClient();
  queries.invalidateQueries = (filters) => {
    const isSome = filters?.predicate !== undefined;
    asked.push(filters?.queryKey ?? (isSome ? "all but the status" : "everything"));
    return Promise.resolve();
  };
  const link = new LiveLink(queries);
  return { link, stop: link.start() };
}

async function pass(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
}

const stops: (() => void)[] = [];

function open() {
  const one = tab();
  stops.push(one.stop);
  return one;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", connect);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  Line.opened = [];
  Line.answer = undefined;
  asked.length = 0;
});

afterEach(() => {
  for (const stop of stops.splice(0)) {
    stop();
  }
  sessionEnded.set(false);
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("a live link", () => {
  beforeEach(() => {
    vi.stubGlobal("navigator", { onLine: true });
  });

  it("asks for everything when it listens for the first time, and answers hints together", async () => {
    const { link } = open();
    await pass(0);
    expect(last().after).toBeNull();
    await last().say("ready", "n:4");
    expect(link.link().state).toBe("live");
    expect(asked).toEqual(["everything"]);
    asked.length = 0;
    await last().say("hint", "n:5", '{"kind":"incident","id":"inc_1","version":2}');
    await last().say("hint", "n:6", '{"kind":"incident","id":"inc_1","version":3}');
    await pass(200);
    expect(asked).toEqual([["incidents"], ["incident", "inc_1"]]);
  });

  it("comes back with what it heard last, and asks for nothing but what it missed", async () => {
    const { link } = open();
    await pass(0);
    await last().say("ready", "n:4");
    await last().say("hint", "n:5", '{"kind":"schedule","id":"sch_1","version":2}');
    await pass(200);
    asked.length = 0;
    last().breakOff();
    await pass(500);
    expect(Line.opened).toHaveLength(2);
    expect(last().after).toBe("n:5");
    await last().say("ready", "n:5");
    await last().say("hint", "n:6", '{"kind":"incident","id":"inc_1","version":2}');
    await pass(5_000);
    expect(asked).toEqual([["incidents"], ["incident", "inc_1"]]);
    expect(link.link().state).toBe("live");
  });

  it("asks for everything again after a reset", async () => {
    open();
    await pass(0);
    await last().say("ready", "n:4");
    asked.length = 0;
    last().breakOff();
    await pass(500);
    await last().say("reset", "m:1");
    expect(asked).toEqual(["everything"]);
  });

  it("says that it reconnects, then that there is no connection, and keeps trying, more and more seldom", async () => {
    const { link } = open();
    await pass(0);
    await last().say("ready", "n:4");
    Line.answer = lost;
    last().breakOff();
    await pass(1_000);
    expect(link.link().state).toBe("live");
    await pass(1_500);
    expect(link.link().state).toBe("reconnecting");
    await pass(40_000);
    expect(link.link().state).toBe("offline");
    const tries = Line.opened.length;
    await pass(60_000);
    expect(Line.opened.length - tries).toBe(2);
    Line.answer = undefined;
    asked.length = 0;
    window.dispatchEvent(new Event("online"));
    await pass(0);
    await last().say("ready", "n:9");
    expect(link.link().state).toBe("live");
    expect(asked).toContainEqual(keys.status);
  });

  it("takes a line on which not even a heartbeat is heard for dead", async () => {
    const { link } = open();
    await pass(0);
    await last().say("ready", "n:4");
    await pass(30_000);
    await last().beat();
    await pass(30_000);
    expect(Line.opened).toHaveLength(1);
    Line.answer = lost;
    await pass(15_000);
    expect(Line.opened.length).toBeGreaterThan(1);
    expect(link.link().state).toBe("reconnecting");
  });

  it("asks every ten seconds where there is no stream, and tries again", async () => {
    Line.answer = () => new Response("<html>", { headers: { "content-type": "text/html" } });
    const { link } = open();
    await pass(0);
    expect(link.link().state).toBe("polling");
    await pass(10_000);
    expect(asked).toEqual(["all but the status"]);
    expect(Line.opened.length).toBeGreaterThan(2);
  });

  it("asks who looks when it is refused, is quiet while the session is over, and comes back after", async () => {
    Line.answer = () => new Response(null, { status: 401 });
    const { link } = open();
    await pass(0);
    expect(asked).toEqual([keys.me]);
    sessionEnded.set(true);
    await pass(25_000);
    expect(asked).not.toContain("all but the status");
    Line.answer = undefined;
    sessionEnded.set(false);
    await pass(0);
    await last().say("ready", "n:1");
    expect(link.link().state).toBe("live");
  });

  it("closes its line when it stops", async () => {
    const { stop } = tab();
    await pass(0);
    await last().say("ready", "n:4");
    stop();
    await pass(60_000);
    expect(Line.opened).toHaveLength(1);
  });
});

/** Locks as the browser has them: one holds, the others wait. */
class Locks {
  readonly #waiting: (() => void)[] = [];
  #held = false;

  request(_: string, { signal }: { signal: AbortSignal }, held: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const take = () => {
        if (signal.aborted) {
          reject(new Error("aborted"));
          this.#next();
          return;
        }
        this.#held = true;
        void held().then(() => {
          this.#held = false;
          resolve();
          this.#next();
        });
      };
      this.#waiting.push(take);
      if (!this.#held) {
        this.#next();
      }
    });
  }

  #next() {
    this.#waiting.shift()?.();
  }
}

/** Channels as the browser has them: what one says, all others hear. */
class Channel {
  static all = new Set<Channel>();
  /** A tab that the browser froze says nothing. */
  isFrozen = false;
  onmessage: ((event: MessageEvent) => void) | null = null;

  constructor() {
    Channel.all.add(this);
  }

  postMessage(data: unknown) {
    for (const other of Channel.all) {
      if (other !== this && !this.isFrozen) {
        other.onmessage?.(new MessageEvent("message", { data: structuredClone(data) }));
      }
    }
  }

  close() {
    Channel.all.delete(this);
  }
}

describe("several tabs", () => {
  beforeEach(() => {
    vi.stubGlobal("navigator", { onLine: true, locks: new Locks() });
    vi.stubGlobal("BroadcastChannel", Channel);
    Channel.all.clear();
  });

  it("share one connection, and both hear of a change", async () => {
    const first = open();
    await pass(0);
    await last().say("ready", "n:4");
    const second = open();
    await pass(0);
    expect(Line.opened).toHaveLength(1);
    expect(second.link.link().state).toBe("live");
    asked.length = 0;
    await last().say("hint", "n:5", '{"kind":"schedule","id":"sch_1","version":2}');
    await pass(200);
    expect(asked).toEqual([keys.config, keys.config]);
    expect(first.link.link().state).toBe("live");
  });

  it("hand the lead over with what was heard last", async () => {
    const first = tab();
    await pass(0);
    await last().say("ready", "n:4");
    const second = open();
    await pass(0);
    await last().say("hint", "n:7", '{"kind":"schedule","id":"sch_1","version":2}');
    await pass(200);
    asked.length = 0;
    first.stop();
    await pass(0);
    expect(Line.opened).toHaveLength(2);
    expect(last().after).toBe("n:7");
    await last().say("ready", "n:7");
    expect(second.link.link().state).toBe("live");
    expect(asked).toEqual([]);
  });

  it("do not wait for a leading one that the browser froze", async () => {
    open();
    await pass(0);
    const leading = last();
    await leading.say("ready", "n:4");
    const frozen = [...Channel.all][0];
    open();
    await pass(0);
    if (frozen !== undefined) {
      frozen.isFrozen = true;
    }
    for (let beats = 0; beats < 5; beats += 1) {
      await pass(10_000);
      await leading.beat();
    }
    const standIn = last();
    expect(standIn).not.toBe(leading);
    await standIn.say("ready", "n:5");
    if (frozen !== undefined) {
      frozen.isFrozen = false;
    }
    await pass(10_000);
    await leading.beat();
    // One is enough again.
    expect([leading.isClosed, standIn.isClosed]).toEqual([false, true]);
  });
});

describe("the pause between tries", () => {
  it("grows to half a minute and is spread", () => {
    expect([0, 1, 2, 6, 99].map((failures) => pauseMs(failures, 0.5))).toEqual([300, 1_000, 2_000, 30_000, 30_000]);
    expect(pauseMs(1, 0)).toBe(750);
    expect(pauseMs(1, 1)).toBe(1_250);
  });
});

describe("a hint", () => {
  it("makes stale what it is about", () => {
    expect(staleKeys("incident", "inc_1")).toEqual([keys.incidents, ["incident", "inc_1"]]);
    expect(staleKeys("outbox", "")).toEqual([keys.outbox]);
    expect(staleKeys("schedule", "sch_1")).toEqual([keys.config]);
    expect(staleKeys("user", "usr_1")).toEqual([keys.config, keys.me]);
  });
});
