import { defineConfig } from "vitest/config";

/** The browser tests, against the real program; with SHOTS set, the pictures of every view. */
export default defineConfig({
  test: {
    environment: "node",
    include: [process.env.SHOTS === undefined ? "e2e/**/*.e2e.ts" : "e2e/shots.ts"],
    // One demo and one browser per file, which keep a core busy each.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
