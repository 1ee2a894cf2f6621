import { describe, expect, it } from "vitest";

import { api, ui } from "../../../catalogue/en.json";
import { ApiError, words } from "./problem.ts";

function answered(code: string, headers: Record<string, string> = {}) {
  return ApiError.of(new Response(null, { status: 400, headers }), {
    code,
    title: "The server's title.",
    detail: "The server's detail.",
    errors: [],
  });
}

/** What only those need to know who write programs. */
const JARGON = /csrf|If-Match|ETag|Retry-After|x-request|openapi|Bearer|Idempotency/u;

/** Of commands and addresses that this UI does not use; their words are the server's. */
const NOT_OURS = new Set(["backup_postgres", "backup_running", "backup_no_room", "backup_failed"]);

describe("a problem", () => {
  it.each(Object.keys(api.errors).filter((code) => !NOT_OURS.has(code)))("%s is told in words for people", (code) => {
    const { title, detail } = words(
      code in ui.problem
        ? answered(code)
        : new ApiError(400, { code, ...api.errors[code as keyof typeof api.errors], errors: [] }),
    );
    expect(title).not.toBe("");
    expect(detail).toMatch(/\.$/u);
    expect(`${title} ${detail}`).not.toMatch(JARGON);
  });

  it("says in how many seconds to try again, and under what it was logged", () => {
    expect(words(answered("busy", { "retry-after": "7" })).detail).toBe("Nothing was changed. Try again in 7 s.");
    expect(words(answered("internal", { "x-request-id": "req_1" })).detail).toContain("under req_1.");
    expect(words(answered("internal")).detail).not.toContain("under");
  });

  it("keeps the server's words where the catalogue has no better ones", () => {
    expect(words(answered("in_use"))).toEqual({ title: "The server's title.", detail: "The server's detail." });
  });

  it("may pass when nobody refused it for what it is", () => {
    const passes = (status: number) => ApiError.of(new Response(null, { status }), {}).mayPass;
    expect([401, 429, 500, 503].map(passes)).toEqual([true, true, true, true]);
    expect([400, 403, 404, 409, 412, 422].map(passes)).toEqual([false, false, false, false, false, false]);
    expect(ApiError.silent().mayPass).toBe(true);
  });
});
