import { describe, expect, it } from "vitest";

import { VIEWS } from "../views/registry.ts";
import { fileFor, SHELL } from "./routes.ts";

const ORIGIN = "https://bell.example";
const FILES = new Set([SHELL, "/assets/main-1.js", "/scheme.js"]);

function asked(path: string, mode: RequestMode = "navigate", method = "GET") {
  return fileFor({ method, mode, url: new URL(path, ORIGIN).href }, ORIGIN, FILES);
}

describe("the worker", () => {
  it.each(["/sign-in", "/set-up", ...VIEWS.map((view) => view.path.replace(":id", "some_id"))])(
    "begins %s with the page it keeps",
    (path) => {
      expect(asked(`${path}?q=1`)).toBe(SHELL);
    },
  );

  it.each(["/l/token", "/a/token", "/api/v1/me", "/v2/enqueue", "/render/?target=a", "/metrics/find/", "/healthz", "/in/key"])(
    "leaves %s to the server",
    (path) => {
      expect(asked(path)).toBeUndefined();
      expect(asked(path, "cors")).toBeUndefined();
    },
  );

  it("answers for the files of the program, of whatever version, and for nothing else", () => {
    expect(asked("/assets/main-1.js", "cors")).toBe("/assets/main-1.js");
    expect(asked("/scheme.js", "no-cors")).toBe("/scheme.js");
    expect(asked("/assets/main-0.js", "cors")).toBe("/assets/main-0.js");
    expect(asked("/robots.txt", "cors")).toBeUndefined();
    expect(asked("/assets/main-1.js", "cors", "HEAD")).toBeUndefined();
    expect(asked("https://other.example/assets/main-1.js", "cors")).toBeUndefined();
  });

  it("lets the page look at the server's newest page", () => {
    expect(asked(SHELL, "cors")).toBeUndefined();
  });

  it("never changes anything by itself", () => {
    expect(asked("/incidents/some_id", "navigate", "POST")).toBeUndefined();
  });
});
