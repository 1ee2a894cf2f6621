import { defineConfig } from "vitest/config";

/** What is made or measured with the browser instead of tested: pictures, icons, loading times. */
const take = process.env.TAKE;

/** The browser tests, against the real program. */
export default defineConfig({
  test: {
    environment: "node",
    include: [take === undefined ? "e2e/**/*.e2e.ts" : `e2e/${take}.ts`],
    // One demo and one browser per file, which keep a core busy each.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
