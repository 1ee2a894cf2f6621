import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { statusQuery } from "../api/session.ts";
import { createQueries } from "../api/queries.ts";
import type { Status } from "../api/types.ts";
import { ZoneContext } from "../ui/zone.ts";
import { HeldStrip } from "./HeldStrip.tsx";

const NOW = "2026-11-21T09:00:00Z";
const HELD: Partial<Status> = {
  sending_held: true,
  held_since: "2026-11-20T21:14:03Z",
  held_why: "This database is a backup that was put back.",
};

/** Shows the strip over a server that answers so, and gives its queries. */
function show(code: number, body: object) {
  const answer = { status: code, headers: { "content-type": "application/json" } };
  vi.stubGlobal("fetch", vi.fn(() => Promise.resolve(new Response(JSON.stringify({ now: NOW, ...body }), answer))));
  const queries = createQueries();
  render(
    <QueryClientProvider client={queries}>
      <ZoneContext value="Europe/Berlin">
        <HeldStrip />
      </ZoneContext>
    </QueryClientProvider>,
  );
  return queries;
}

describe("the strip of held sending", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse(NOW), toFake: ["Date"] });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("says what, since when, why, what still holds, and how to mend it", async () => {
    show(200, HELD);
    expect((await screen.findByRole("alert")).textContent).toBe(
      "Sending is held since Fri 22:14: nobody is paged. This database is a backup that was put back. " +
        "Events still open incidents. To go on here, run watchbell resume: it lists what is due and lets go.",
    );
  });

  it("says what it knows of a hold whose start is not known", async () => {
    show(200, { ...HELD, held_since: null });
    expect((await screen.findByRole("alert")).textContent).toMatch(/^Sending is held: nobody is paged\. This database/u);
  });

  it("goes when sending is let go", async () => {
    const queries = show(200, HELD);
    await screen.findByRole("alert");
    queries.setQueryData(statusQuery.queryKey, (known) => known && { ...known, sending_held: false });
    await waitFor(() => {
      expect(screen.queryByRole("alert")).toBeNull();
    });
  });

  it.each([
    ["sending goes on", 200, { sending_held: false }, "success"],
    ["one may not read the status", 403, { code: "forbidden", title: "No", detail: "", errors: [] }, "error"],
  ])("is not there when %s", async (_, code, body, ends) => {
    const queries = show(code, body);
    await waitFor(() => {
      expect(queries.getQueryState(statusQuery.queryKey)?.status).toBe(ends);
    });
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
