import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LiveLink, staleKeys } from "./live.ts";
import { keys } from "./queries.ts";

/** A stream that does what the test says. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Stream[] = [];
  readyState = 0;

  constructor() {
    super();
    Stream.opened.push(this);
  }

  close() {
    this.readyState = Stream.CLOSED;
  }

  say(name: string, data = "{}") {
    this.dispatchEvent(new MessageEvent(name, { data }));
  }
}

function last(): Stream {
  const stream = Stream.opened.at(-1);
  if (stream === undefined) {
    throw new Error("nothing was opened");
  }
  return stream;
}

describe("a live link", () => {
  const asked: unknown[] = [];
  let link: LiveLink;
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", Stream);
    vi.stubGlobal("navigator", {});
    Stream.opened = [];
    const queries = new QueryClient();
    queries.invalidateQueries = (filters) => {
      const isSome = filters?.predicate !== undefined;
      asked.push(filters?.queryKey ?? (isSome ? "all but the status" : "everything"));
      return Promise.resolve();
    };
    link = new LiveLink(queries);
    stop = link.start();
    asked.length = 0;
  });

  afterEach(() => {
    stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("asks for everything when the stream opens, and answers hints together", () => {
    last().say("open");
    expect(link.link().state).toBe("live");
    expect(asked).toEqual(["everything"]);
    asked.length = 0;
    last().say("hint", '{"kind":"incident","id":"inc_1","version":2}');
    last().say("hint", '{"kind":"incident","id":"inc_1","version":3}');
    vi.advanceTimersByTime(200);
    expect(asked).toEqual([["incidents"], ["incident", "inc_1"]]);
  });

  it("asks for everything again after a reset", () => {
    last().say("open");
    asked.length = 0;
    last().say("reset");
    expect(asked).toEqual(["everything"]);
  });

  it("says nothing of a stream that is back at once", () => {
    last().say("open");
    last().say("error");
    vi.advanceTimersByTime(1_000);
    last().say("ready");
    vi.advanceTimersByTime(5_000);
    expect(link.link().state).toBe("live");
  });

  it("says that it reconnects, then that there is no connection, and keeps asking", () => {
    last().say("open");
    last().say("error");
    vi.advanceTimersByTime(2_500);
    expect(link.link().state).toBe("reconnecting");
    asked.length = 0;
    vi.advanceTimersByTime(40_000);
    expect(link.link().state).toBe("offline");
    expect(asked.length).toBeGreaterThanOrEqual(3);
    asked.length = 0;
    last().say("ready");
    expect(link.link().state).toBe("live");
    expect(asked).toEqual([keys.status]);
  });

  it("asks every ten seconds where there is no stream, and tries again", () => {
    last().readyState = Stream.CLOSED;
    last().say("error");
    expect(link.link().state).toBe("polling");
    vi.advanceTimersByTime(10_000);
    expect(asked).toEqual(["all but the status"]);
    expect(Stream.opened).toHaveLength(2);
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
