import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { readPreview } from "./preview.ts";

const event = (content: object): EngineEvent => ({ sequence: 0, timestamp: 0, ...content });
const summary = (PolicyPacks: object) =>
  event({ summaryEvent: { resourceChanges: { create: 63 }, PolicyPacks } });
const judged = summary({ "mobile-ai-agent-kubernetes|local|/somewhere": "0.1.0" });
const violation = (enforcementLevel: string) =>
  event({
    policyEvent: {
      policyName: "read-only-root",
      enforcementLevel,
      message: 'Why it is there.\ndeployment "api": what is wrong.\n',
    },
  });
const fine = { failures: [] };

test("violations are apart from their rationale, and packs are named", () => {
  expect(readPreview([violation("advisory"), judged], fine, 1)).toEqual({
    changes: { create: 63 },
    packs: ["mobile-ai-agent-kubernetes"],
    violations: [
      {
        rule: "read-only-root",
        mandatory: false,
        message: 'deployment "api": what is wrong.',
        rationale: "Why it is there.",
      },
    ],
  });
});

test("a refusal is a result, also without the engine's summary", () => {
  const { violations } = readPreview(
    [violation("mandatory")],
    {
      failure: new Error("exit 255"),
      failures: [],
    },
    1,
  );
  expect(violations.map(({ mandatory }) => mandatory)).toEqual([true]);
});

test("a preview that no pack has judged doesn't pass", () => {
  expect(() => readPreview([summary({})], fine, 1)).toThrow("the engine ran 0 of 1 policy packs");
});

test("a failure that is no refusal is told with its reasons", () => {
  const outcome = { failure: new Error("exit 255"), failures: ["program: colour: is not a key"] };
  expect(() => readPreview([violation("advisory"), judged], outcome, 1)).toThrow(
    "program: colour: is not a key",
  );
});

test("a failure of the engine alone is told by its own words", () => {
  const outcome = { failure: new Error("could not start policy pack"), failures: [] };
  expect(() => readPreview([], outcome, 1)).toThrow("could not start policy pack");
});
