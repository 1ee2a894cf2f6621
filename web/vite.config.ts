import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

import react from "@vitejs/plugin-react";
import type { Plugin, Rolldown } from "vite";
import { defineConfig } from "vitest/config";

import { FRAME_ASKS, VIEW_ASKS } from "./src/views/asks.ts";

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

const OURS = "/web/src/";

/** Every module of ours that the list of incidents needs before it stands. */
function beginning(graph: { getModuleInfo: Rolldown.GetModuleInfo }): ReadonlySet<string> {
  const found = new Set([join(import.meta.dirname, "src/views/incidents/Incidents.tsx")]);
  for (const id of found) {
    graph.getModuleInfo(id)?.importedIds.filter((one) => one.includes(OURS)).forEach((one) => found.add(one));
  }
  return found;
}

/** What the server tells a browser that opens a view; it reads this file by that name. */
const HINTS = "hints.json";

/** The views as the registry has them: their addresses and their code. */
const VIEW = /path: "(?<path>[^"]+)",\s*load: \(\) => import\("\.\/(?<module>[^"]+)"\)/gu;

/** Most of what is read is set in it; without it at hand the words would be set twice. */
const FONT = /^assets\/atkinson-hyperlegible-next-latin-wght-normal-.*\.woff2$/u;

/**
 * Tells the server what each view begins with, first what takes longest, so that a browser asks for all of it
 * at once: found one in another, parts cost a round trip each.
 */
function hinted(): Plugin {
  const views = join(import.meta.dirname, "src/views");
  return {
    name: "hinted",
    apply: "build",
    enforce: "post",
    async generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((one) => one.type === "chunk");
      const registry = await readFile(join(views, "registry.ts"), "utf8");
      const found = [...registry.matchAll(VIEW)].map(({ groups }) => groups as { path: string; module: string });
      const entry = chunks.find(({ isEntry, name }) => isEntry && name === "index");
      const font = Object.keys(bundle).find((name) => FONT.test(name));
      if (entry === undefined || font === undefined || found.length !== registry.split("=> import(").length - 1) {
        this.error("what the views begin with cannot be told");
      }
      const hints = found.map(({ path, module }) => {
        const view = chunks.find(({ facadeModuleId }) => facadeModuleId === join(views, module));
        const names = partsOf([entry, ...(view === undefined ? [] : [view])], bundle);
        const scripts = names.map((name) => `</${name}>; rel=modulepreload`);
        const styles = [...new Set(names.flatMap((name) => stylesOf(bundle[name])))].map(
          (name) => `</${name}>; rel=preload; as=style; crossorigin`,
        );
        const asks = (all: readonly string[] = []) => all.map((ask) => `<${ask}>; rel=preload; as=fetch; crossorigin`);
        const letters = `</${font}>; rel=preload; as=font; type="font/woff2"; crossorigin`;
        // It stands in the way of everything else in the page.
        const scheme = `<${PUBLIC[0]}>; rel=preload; as=script`;
        const always = [scheme, ...scripts, ...styles, ...asks(FRAME_ASKS), letters];
        return { path, always: always.join(", "), plain: asks(VIEW_ASKS[path]).join(", ") };
      });
      this.emitFile({ type: "asset", fileName: HINTS, source: JSON.stringify(hints) });
    },
  };
}

/** Scripts with all that they import, the largest first. */
function partsOf(begin: readonly Rolldown.OutputChunk[], bundle: Rolldown.OutputBundle): string[] {
  const names = new Set(begin.map(({ fileName }) => fileName));
  const sizeOf = (name: string) => {
    const part = bundle[name];
    return part?.type === "chunk" ? part.code.length : 0;
  };
  for (const name of names) {
    const part = bundle[name];
    if (part?.type === "chunk") {
      part.imports.forEach((one) => names.add(one));
    }
  }
  return [...names].sort((one, other) => sizeOf(other) - sizeOf(one));
}

function stylesOf(part: Rolldown.OutputBundle[string] | undefined): string[] {
  return part?.type === "chunk" ? [...(part.viteMetadata?.importedCss ?? [])] : [];
}

export default defineConfig({
  plugins: [react(), hinted(), listed(), packed()],
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
          groups: [
            { name: "shared", test: /\/web\/src\//u, minShareCount: 6 },
            // So does what the list of incidents shares with any other: it is seen first by most.
            { debugName: "list", name: (id, graph) => (beginning(graph).has(id) || id.endsWith("/use-debounced-value.mjs") ? "list" : null), minShareCount: 2 },
          ],
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
