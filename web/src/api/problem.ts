import { t, tIfKnown } from "../i18n.ts";
import type { ProblemBody } from "./types.ts";

/** What came with an answer beside the problem. */
interface Beside {
  /** In how many seconds to try again. */
  retryAfterS?: number | undefined;
  /** Under which the server logged it. */
  requestId?: string | undefined;
}

/** What the API answered instead of doing it, or that it did not answer. */
export class ApiError extends Error {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The stable word for it. */
  readonly code: string;
  /** What holds, and how to mend it. */
  readonly detail: string;
  /** What is wrong with each field, by its path. */
  readonly fields: Readonly<Record<string, string>>;
  /** What came beside it. */
  readonly beside: Beside;

  constructor(
    status: number,
    problem: Pick<ProblemBody, "code" | "title" | "detail" | "errors">,
    beside: Beside = {},
  ) {
    super(problem.title);
    this.name = "ApiError";
    this.status = status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.fields = Object.fromEntries((problem.errors ?? []).map((one) => [one.field, one.message]));
    this.beside = beside;
  }

  /** The server did not answer at all. */
  static silent(): ApiError {
    const code = navigator.onLine ? "unreachable" : "offline";
    return new ApiError(0, { code, title: "", detail: "", errors: [] });
  }

  /** What an answer that is no success says. */
  static of(response: Response, body: unknown): ApiError {
    const { status, headers } = response;
    const seconds = Number(headers.get("retry-after") ?? "");
    const beside = {
      retryAfterS: seconds > 0 ? seconds : undefined,
      requestId: headers.get("x-request-id") ?? undefined,
    };
    if (isProblem(body)) {
      return new ApiError(status, body, beside);
    }
    return new ApiError(
      status,
      {
        code: "unknown",
        title: t("ui.error.status", { status }),
        detail: t("ui.error.status_detail"),
        errors: [],
      },
      beside,
    );
  }

  /** Whether the same may work later: nobody refused it for what it is. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 401 || this.status === 429 || this.status >= 500;
  }
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "code" in body && "title" in body && "detail" in body;
}

/**
 * What to say about any error, in a line and in more words. A problem the catalogue has words for is
 * told in those: the server's own are for whoever writes programs against it.
 */
export function words(error: unknown): { title: string; detail: string } {
  if (!(error instanceof ApiError)) {
    return { title: t("ui.error.defect"), detail: String(error) };
  }
  const { code, beside } = error;
  const { retryAfterS: seconds, requestId: id } = beside;
  const context = seconds !== undefined ? "later" : id !== undefined ? "logged" : undefined;
  return {
    title: tIfKnown(`ui.problem.${code}.title`) ?? error.message,
    detail: tIfKnown(`ui.problem.${code}.detail`, { context, seconds, id }) ?? error.detail,
  };
}
