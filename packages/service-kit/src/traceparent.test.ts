import { describe, expect, it } from "vitest";
import { continueTrace, formatTraceParent, isTraceParent } from "./traceparent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

describe("continueTrace", () => {
  it("keeps the trace and the sampling decision, and is a hop of its own", () => {
    const { traceId, spanId, flags } = continueTrace(`00-${TRACE}-${PARENT}-00`);
    expect([traceId, flags]).toEqual([TRACE, "00"]);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(spanId).not.toBe(PARENT);
  });

  it("takes what it knows of a later version", () => {
    const later = continueTrace(`cc-${TRACE}-${PARENT}-ff-what-comes`);
    expect(formatTraceParent(later)).toBe(`00-${TRACE}-${later.spanId}-01`);
  });

  it.each([
    ["an absent header", undefined],
    ["no header at all", "nonsense"],
    ["upper case", `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ["the forbidden version", `ff-${TRACE}-${PARENT}-01`],
    ["version 00 with more", `00-${TRACE}-${PARENT}-01-more`],
    ["a trace of zeros", `00-${"0".repeat(32)}-${PARENT}-01`],
    ["a parent of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["a line break", `00-${TRACE}-${PARENT}-01\n`],
  ])("begins a trace for %s", (_, header) => {
    const trace = continueTrace(header);
    expect(trace.traceId).not.toBe(TRACE);
    expect(isTraceParent(formatTraceParent(trace))).toBe(true);
    if (header !== undefined) expect(isTraceParent(header)).toBe(false);
  });
});
