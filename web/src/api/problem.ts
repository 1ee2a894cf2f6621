import { t } from "../i18n.ts";
import type { ProblemBody } from "./types.ts";

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

  constructor(status: number, problem: Pick<ProblemBody, "code" | "title" | "detail" | "errors">) {
    super(problem.title);
    this.name = "ApiError";
    this.status = status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.fields = Object.fromEntries((problem.errors ?? []).map((one) => [one.field, one.message]));
  }

  /** The server did not answer at all. */
  static silent(): ApiError {
    return new ApiError(0, {
      code: "unreachable",
      title: t("ui.error.unreachable"),
      detail: t("ui.error.unreachable_detail"),
      errors: [],
    });
  }

  /** What an answer that is no success says. */
  static of(status: number, body: unknown): ApiError {
    if (isProblem(body)) {
      return new ApiError(status, body);
    }
    return new ApiError(status, {
      code: "unknown",
      title: t("ui.error.status", { status }),
      detail: t("ui.error.status_detail"),
      errors: [],
    });
  }
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "code" in body && "title" in body && "detail" in body;
}

/** What to say about any error, in a line and in more words. */
export function words(error: unknown): { title: string; detail: string } {
  if (error instanceof ApiError) {
    return { title: error.message, detail: error.detail };
  }
  return { title: t("ui.error.defect"), detail: String(error) };
}
