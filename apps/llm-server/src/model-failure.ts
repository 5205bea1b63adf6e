/**
 * `overloaded`: takes no more now; `unavailable`: broken or not reached; `silent`: said nothing for too long;
 * `misconfigured`: refuses our key or doesn't know the model; `rejected`: refuses this very question.
 */
type FailureKind = "overloaded" | "unavailable" | "silent" | "misconfigured" | "rejected";

/** An upstream did not answer, or stopped midway. */
export class ModelFailure extends Error {
  readonly kind: FailureKind;
  /** How long it asks to be left alone, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.name = "ModelFailure";
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What an answer with an error status means. */
export function kindOfStatus(status: number | undefined): FailureKind {
  switch (status) {
    case 429:
    // Anthropic's own: overloaded.
    case 529:
      return "overloaded";
    case 401:
    case 402:
    case 403:
    case 404:
      return "misconfigured";
    case 400:
    case 413:
    case 422:
      return "rejected";
    default:
      return "unavailable";
  }
}

/** `Retry-After` in seconds (RFC 9110, 10.2.3), in ms. A date is left: upstreams send none. */
export function retryAfterOf(headers: Headers | undefined): { retryAfterMs?: number } {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {};
}

/** What the clients of both APIs throw. */
interface UpstreamAnswer extends Error {
  readonly status?: number | undefined;
  readonly error?: unknown;
  readonly code?: string | null | undefined;
  readonly type?: string | null | undefined;
  readonly requestID?: string | null | undefined;
}

/**
 * @returns what of an upstream's error is for our log. Its words may quote what a user said, so they are kept only when
 *   it refuses us for how we are set up; the request's id leads to the rest in the upstream's own log
 */
export function causeOf(error: UpstreamAnswer, kind: FailureKind): Error {
  const { status, code, type, requestID } = error;
  const isAnswer = status !== undefined || error.error !== undefined;
  if (!isAnswer || kind === "misconfigured") return error;
  const facts = Object.entries({ status, code, type, request: requestID })
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name} ${`${value}`.slice(0, 100)}`);
  return new Error(`the upstream answered with an error: ${facts.join(", ")}`);
}
