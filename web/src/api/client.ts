import createClient from "openapi-fetch";

import { ApiError } from "./problem.ts";
import type { paths } from "./schema.d.ts";

/** What a session sends with each change. Kept in memory: a page that cannot read `/me` cannot act. */
let csrfToken: string | undefined;

/** Sets what a session sends with each change. */
export function setCsrfToken(token: string | null | undefined): void {
  csrfToken = token ?? undefined;
}

/** The API under `/api/v1`. */
export const api = createClient<paths>({
  baseUrl: "/",
  // Lists go comma-separated, as the API describes them.
  querySerializer: { array: { style: "form", explode: false } },
  // Looked up at each call: tests put another one in its place.
  fetch: (request) => globalThis.fetch(request),
});

api.use({
  onRequest: ({ request }) => {
    if (csrfToken !== undefined && request.method !== "GET") {
      request.headers.set("x-csrf-token", csrfToken);
    }
    return request;
  },
  onError: () => ApiError.silent(),
});

/** What a call of the client gives. */
export interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; anything but a success becomes an {@link ApiError}. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) {
    throw ApiError.of(response, error);
  }
  return data as T;
}

/** A key under which a change that is sent twice happens once. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
