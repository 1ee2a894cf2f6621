import { defineConfig } from "vitest/config";

/** The browser tests, against the real program; with SHOTS set, the pictures of every view. */
export default defineConfig({
  test: {
    environment: "node",
    include: [process.env.SHOTS === undefined ? "e2e/**/*.e2e.ts" : "e2e/shots.ts"],
    // One demo per file, one file at a time: the machine has other work too.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
