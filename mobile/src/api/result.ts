import { Problem } from "@mobile-ai-agent/contracts";
import { isAxiosError } from "axios";

/** What kept a request from its answer; `detail` is for a person. */
export interface ApiProblem {
  /** `offline`: no answer came. `unavailable`: the platform can't now; the same request may do later. */
  readonly reason:
    | "offline"
    | "unavailable"
    | "unauthorized"
    | "limited"
    | "conflict"
    | "refused"
    | "unexpected";
  readonly detail: string;
  readonly retryAfterSeconds?: number | undefined;
  /** The part of the request that is at fault, where the platform names one. */
  readonly field?: string | undefined;
}

/** Requests answer with one of these and never throw. */
export type ApiResult<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly problem: ApiProblem };

const OFFLINE = "The platform can't be reached. Check the connection and try again.";

export function problemOf(error: unknown): ApiProblem {
  if (!isAxiosError(error))
    return { reason: "unexpected", detail: "The platform answered with something this app doesn't know." };
  const { response } = error;
  if (!response) return { reason: "offline", detail: OFFLINE };
  const problem = Problem.safeParse(response.data);
  const retryAfter = Number.parseInt(String(response.headers["retry-after"]), 10);
  return {
    reason: reasonOf(response.status),
    detail: problem.success
      ? sentence(problem.data)
      : `The platform answered with status ${response.status}.`,
    ...(problem.data?.errors?.[0] && { field: problem.data.errors[0].path }),
    ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
  };
}

function reasonOf(status: number): ApiProblem["reason"] {
  if (status === 401) return "unauthorized";
  if (status === 409) return "conflict";
  if (status === 429) return "limited";
  if (status === 408 || status >= 500) return "unavailable";
  return "refused";
}

/** `invalid request: password: too short` helps more than `invalid request`. */
function sentence({ detail, errors = [] }: Problem): string {
  const text = errors.length > 0 ? errors.map(({ message }) => message).join("; ") : detail;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
