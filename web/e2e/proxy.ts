/** Stands between a browser and a demo, so that the server can go away, come back, and come back as another version. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A way to a demo that can be cut. */
export interface Proxy {
  url: string;
  /** Nobody answers any more. */
  down: () => void;
  /** It answers again. */
  up: () => void;
  /** From now on the server has another version of the page, and no longer the parts of this one. */
  renew: () => void;
  stop: () => Promise<void>;
}

/** What tells one version of the worker from another. */
const VERSION = /[0-9a-f]{16}/u;
const ENTRY = /\/assets\/index-[^"]+\.js/u;

/** Opens a way to a server. */
export async function startProxy(target: string): Promise<Proxy> {
  const state = { isDown: false, isNew: false };
  const lines = new Set<Socket>();
  const server = createServer((asked, answer) => {
    if (state.isNew && /^\/(?:sw\.js|index\.html)$/u.test(asked.url ?? "")) {
      void other(target, asked.url ?? "", answer);
    } else if (state.isNew && asked.url?.startsWith("/assets/") === true && asked.headers["sec-fetch-dest"] === "script") {
      answer.writeHead(404).end();
    } else {
      pass(target, asked, answer);
    }
  });
  server.on("connection", (line) => {
    if (state.isDown) {
      line.destroy();
      return;
    }
    lines.add(line);
    line.once("close", () => lines.delete(line));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const line of lines) {
      line.destroy();
    }
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    down: () => {
      state.isDown = true;
      cut();
    },
    up: () => {
      state.isDown = false;
    },
    renew: () => {
      state.isNew = true;
    },
    stop: () => {
      cut();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

function pass(target: string, asked: IncomingMessage, answer: ServerResponse): void {
  const onward = request(`${target}${asked.url ?? ""}`, { method: asked.method, headers: asked.headers }, (given) => {
    answer.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  answer.on("close", () => onward.destroy());
  asked.pipe(onward);
}

/** The same file as another version would have it. */
async function other(target: string, path: string, answer: ServerResponse): Promise<void> {
  const given = await fetch(target + path);
  const text = await given.text();
  const changed = path === "/sw.js" ? text.replace(VERSION, "0123456789abcdef") : text.replace(ENTRY, "/assets/index-other.js");
  const kind = given.headers.get("content-type") ?? "";
  answer.writeHead(200, { "content-type": kind, "cache-control": "no-cache" }).end(changed);
}
