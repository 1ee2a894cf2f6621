import { createHash } from "node:crypto";
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

/** Its name must stay: browsers ask for it by that when they look for a newer one. */
const WORKER = "sw.js";

/** Files of `public/` that the page begins with; icons are asked for by systems, not by the page. */
const PUBLIC = ["/scheme.js", "/favicon.svg"] as const;

/** Tells the service worker which files belong to this version. */
function listed(): Plugin {
  return {
    name: "listed",
    apply: "build",
    enforce: "post",
    async generateBundle(_, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk" || worker.imports.length > 0) {
        this.error("the service worker must be one file");
      }
      const assets = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const files = [...PUBLIC, ...assets.map((name) => `/${name}`)].sort();
      const hash = createHash("sha256").update(worker.code).update(files.join());
      for (const name of PUBLIC) {
        hash.update(await readFile(join("public", name)));
      }
      const page = bundle["index.html"];
      hash.update(page?.type === "asset" ? page.source : "");
      worker.code = worker.code
        .replace("__FILES__", () => JSON.stringify(files))
        .replace("__VERSION__", () => JSON.stringify(hash.digest("hex").slice(0, 16)));
    },
  };
}

export default defineConfig({
  plugins: [react(), listed(), packed()],
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
      input: { index: "index.html", sw: "src/worker/worker.ts" },
      output: {
        entryFileNames: ({ name }) => (name === "sw" ? WORKER : "assets/[name]-[hash].js"),
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
