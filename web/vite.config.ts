import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Where `make dev` runs the demo. */
const SERVER = process.env.WATCHBELL_URL ?? "http://127.0.0.1:8080";

/** Lays beside every file of code the same one packed by brotli, at its best, as the server sends it. */
function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    async writeBundle({ dir = "dist" }, bundle) {
      const files = Object.keys(bundle).filter((name) => /\.(?:js|css|html)$/u.test(name));
      await Promise.all(
        files.map(async (name) => {
          const path = join(dir, name);
          await writeFile(`${path}.br`, await promisify(brotliCompress)(await readFile(path)));
        }),
      );
    },
  };
}

export default defineConfig({
  plugins: [react(), packed()],
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
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What most views share comes as one file: each costs a request, with its headers.
          groups: [{ name: "shared", test: /\/web\/src\//u, minShareCount: 6 }],
        },
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}", "eslint-rules/**/*.test.js"],
    setupFiles: ["src/test/setup.ts"],
    css: false,
  },
});
