import { describe, expect, it } from "vitest";
import { countOutcome } from "./suites.ts";

describe("counting a test run", () => {
  const report = (numPassedTests: number, numFailedTests: number) =>
    JSON.stringify({ numPassedTests, numFailedTests });

  it("takes the report's figures", () => {
    expect(countOutcome(report(5, 0), 0)).toEqual({ passed: 5, failed: 0 });
    expect(countOutcome(report(5, 2), 1)).toEqual({ passed: 5, failed: 2 });
  });

  it("counts a run that broke without a failed test, or without a report, as failed", () => {
    expect(countOutcome(report(5, 0), 1)).toEqual({ passed: 5, failed: 1 });
    expect(countOutcome(undefined, 1)).toEqual({ passed: 0, failed: 1 });
  });
});
