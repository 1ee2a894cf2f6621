import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `make dev` runs the demo. */
const SERVER = process.env.WATCHBELL_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: {
    // The catalogue of all texts lies beside this folder.
    fs: { allow: [".."] },
    proxy: { "/api": SERVER, "/l": SERVER, "/v2": SERVER, "/render": SERVER, "/metrics/": SERVER },
  },
  build: {
    target: "es2023",
    // Inlined files would need `data:` in the content policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}", "eslint-rules/**/*.test.js"],
    setupFiles: ["src/test/setup.ts"],
    css: false,
  },
});
