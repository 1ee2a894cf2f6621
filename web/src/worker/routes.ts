/** Which requests the worker answers. Whatever is not named here goes to the server, as if there were no worker. */

/** The first parts of the addresses of our views, and nothing that the server answers itself. */
const FIRST_PARTS: ReadonlySet<string> = new Set([
  "",
  "changes",
  "dashboards",
  "incidents",
  "integrations",
  "me",
  "metrics-explorer",
  "monitors",
  "on-call",
  "outbox",
  "people",
  "policies",
  "schedules",
  "services",
  "set-up",
  "sign-in",
  "system",
  "teams",
  "wall",
]);

/** The page that every view begins with. */
export const SHELL = "/index.html";

/** Files whose name tells their content, of whatever version. */
export const HASHED = "/assets/";

/** What a page asks for, as far as it matters here. */
export type Asked = Pick<Request, "method" | "mode" | "url">;

/**
 * Which file of the program answers a request; undefined where the server must. No answer of the API is
 * ever kept, links that act are followed by the server alone, and what is live is live or not there.
 */
export function fileFor({ method, mode, url }: Asked, origin: string, files: ReadonlySet<string>): string | undefined {
  const { origin: from, pathname } = new URL(url);
  if (method !== "GET" || from !== origin) {
    return undefined;
  }
  if (mode === "navigate") {
    return FIRST_PARTS.has(pathname.split("/")[1] ?? "") ? SHELL : undefined;
  }
  // The page itself is asked for by whoever wants to know its newest version.
  return pathname !== SHELL && (files.has(pathname) || pathname.startsWith(HASHED)) ? pathname : undefined;
}
