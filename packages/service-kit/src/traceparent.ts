import { randomBytes } from "node:crypto";

/** The place of some work in a distributed trace: https://www.w3.org/TR/trace-context/#traceparent-header */
export interface TraceParent {
  /** 32 lower-case hex digits, the same on every hop. */
  readonly traceId: string;
  /** 16 lower-case hex digits, of this hop. */
  readonly spanId: string;
  /** Two hex digits; the last bit says that the trace is recorded. */
  readonly flags: string;
}

const HEADER = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;
/** Our logs record every request. */
const RECORDED = "01";

/**
 * @param header `traceparent` as the caller sent it
 * @returns a new hop of the caller's trace, or of a trace of its own where the header is absent or malformed
 */
export function continueTrace(header?: string): TraceParent {
  const given = header === undefined ? undefined : parse(header);
  return {
    traceId: given?.traceId ?? randomBytes(16).toString("hex"),
    spanId: randomBytes(8).toString("hex"),
    flags: given?.flags ?? RECORDED,
  };
}

export function isTraceParent(header: string): boolean {
  return parse(header) !== undefined;
}

/** @returns the header for the next hop, in version 00. */
export function formatTraceParent({ traceId, spanId, flags }: TraceParent): string {
  return `00-${traceId}-${spanId}-${flags}`;
}

function parse(header: string): { traceId: string; flags: string } | undefined {
  const [, version, traceId = "", parentId = "", flags = "", more] = HEADER.exec(header) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (ZEROS.test(traceId) || ZEROS.test(parentId)) return undefined;
  // Of a later version only the bit that ours knows may be passed on.
  const known = (Number.parseInt(flags, 16) & 1).toString().padStart(2, "0");
  return { traceId, flags: known };
}
