import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { api } from "../api/client.ts";
import { askRead, type Read, useSaving } from "../api/edit.ts";
import { createQueries } from "../api/queries.ts";
import type { components } from "../api/schema.d.ts";
import { Conflict } from "./Conflict.tsx";

type Team = components["schemas"]["TeamView"];

/** A server with one team that refuses an edit of a version that is gone. */
const server = { name: "Payments", version: 1, puts: [] as { match: string | null; name: string }[] };

async function answer(request: Request): Promise<Response> {
  const respond = (status: number, body: object) =>
    new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/json", etag: `"v${server.version}"` },
    });
  if (request.method === "PUT") {
    const { name } = (await request.json()) as { name: string };
    const match = request.headers.get("if-match");
    server.puts.push({ match, name });
    if (match !== `"v${server.version}"`) {
      return respond(412, { code: "edited", title: "Changed.", detail: "", errors: [], status: 412, type: "" });
    }
    server.name = name;
    server.version += 1;
  }
  return respond(200, { id: "tea_1", name: server.name });
}

const path = { id: "tea_1" };

function Editor({ from }: { from: Read<Team> }) {
  const [present, setPresent] = useState(from);
  const [name, setName] = useState(from.value.name);
  const saving = useSaving({
    read: () => askRead(api.GET("/api/v1/teams/{id}", { params: { path } })),
    write: (body: { name: string }, etag) =>
      askRead(api.PUT("/api/v1/teams/{id}", { params: { path, header: { "If-Match": etag } }, body })),
    onPresent: (now) => {
      setPresent(now);
      setName(now.value.name);
    },
  });
  return (
    <>
      <input
        aria-label="name"
        value={name}
        onChange={(event) => {
          setName(event.currentTarget.value);
        }}
      />
      <button
        type="button"
        onClick={() => {
          saving.save({ name }, present.etag);
        }}
      >
        Save
      </button>
      {saving.clash !== undefined && (
        <Conflict
          name="Payments"
          differences={[{ label: "Name", mine: saving.clash.mine.name, theirs: saving.clash.theirs.value.name }]}
          isPending={saving.isPending}
          onMine={saving.keepMine}
          onTheirs={saving.takeTheirs}
        />
      )}
    </>
  );
}

/** Two edit at once: the other one is first. */
async function clash() {
  const user = userEvent.setup();
  const from = await askRead(api.GET("/api/v1/teams/{id}", { params: { path } }));
  render(
    <MantineProvider>
      <QueryClientProvider client={createQueries()}>
        <Editor from={from} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  server.name = "Theirs";
  server.version = 2;
  await user.clear(screen.getByLabelText("name"));
  await user.type(screen.getByLabelText("name"), "Mine");
  await user.click(screen.getByRole("button", { name: "Save" }));
  const cells = await screen.findAllByRole("cell");
  expect(cells.map((cell) => cell.textContent)).toEqual(["Theirs", "Mine"]);
  expect(screen.getByLabelText<HTMLInputElement>("name").value).toBe("Mine");
  expect(server.name).toBe("Theirs");
  return user;
}

function gone() {
  return waitFor(() => {
    expect(screen.queryByRole("alert")).toBeNull();
  });
}

describe("two edits of the same thing", () => {
  beforeEach(() => {
    Object.assign(server, { name: "Payments", version: 1, puts: [] });
    vi.stubGlobal("fetch", answer);
    // What Mantine asks of a browser.
    vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("show both; mine is kept over the version that was seen", async () => {
    const user = await clash();
    await user.click(screen.getByRole("button", { name: "Keep mine" }));
    await gone();
    expect(server.puts).toEqual([
      { match: '"v1"', name: "Mine" },
      { match: '"v2"', name: "Mine" },
    ]);
    expect(server.name).toBe("Mine");
  });

  it("show both; theirs is taken without a word to the server, and the next edit is made from it", async () => {
    const user = await clash();
    await user.click(screen.getByRole("button", { name: "Take theirs" }));
    await gone();
    expect(screen.getByLabelText<HTMLInputElement>("name").value).toBe("Theirs");
    await user.type(screen.getByLabelText("name"), "!");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => {
      expect(server.name).toBe("Theirs!");
    });
    expect(server.puts.map((one) => one.match)).toEqual(['"v1"', '"v2"']);
  });

  it("show a third one too", async () => {
    const user = await clash();
    server.name = "A third";
    server.version = 3;
    await user.click(screen.getByRole("button", { name: "Keep mine" }));
    await screen.findByText("A third");
    expect(server.name).toBe("A third");
  });
});
