import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { continueTrace, formatTraceParent, isTraceParent, type TraceParent } from "./traceparent.ts";

/** What everything that is done and logged on behalf of one request has in common. */
export interface RequestContext extends TraceParent {
  readonly requestId: string;
  /** The caller's `tracestate`, of other tracing systems, as it came. */
  readonly traceState?: string;
}

/** What a caller sent of it; whatever is absent or malformed is made anew. */
export interface GivenContext {
  readonly requestId?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;
/** https://www.w3.org/TR/trace-context/#tracestate-limits */
const MAX_TRACE_STATE = 512;

const storage = new AsyncLocalStorage<RequestContext>();

/** @returns the context of the request under way, if there is one. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}

/** Does `work`, and all that it begins, in the context of a request, or of a new one. */
export function runInContext<T>(given: GivenContext, work: (context: RequestContext) => T): T {
  const { requestId, traceparent, tracestate } = given;
  const isOurs = traceparent !== undefined && isTraceParent(traceparent);
  const context: RequestContext = {
    ...continueTrace(traceparent),
    requestId: requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    ...(isOurs && tracestate && tracestate.length <= MAX_TRACE_STATE && { traceState: tracestate }),
  };
  return storage.run(context, () => work(context));
}

/** @returns the headers by which the next hop goes on with the request under way; none outside of one. */
export function contextHeaders(context = currentContext()): Record<string, string> {
  if (!context) return {};
  return {
    "x-request-id": context.requestId,
    traceparent: formatTraceParent(context),
    ...(context.traceState && { tracestate: context.traceState }),
  };
}
