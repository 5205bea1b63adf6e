import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { showFailure } from "./failure.ts";
import { followRun, startedRun } from "./run-follower.ts";

const runId = randomUUID();

it("tells when there are new tokens, and offers to ask again only then", () => {
  const availableAt = "2031-05-02T00:00:00.000Z";
  const event = {
    runId,
    sequence: 1,
    kind: "failed",
    code: "budget_spent",
    reason: "spent",
    availableAt,
  } as const;
  const run = followRun(startedRun(runId, randomUUID()), event);
  const shown = showFailure(run ?? {}, new Date("2031-05-01T12:00:00Z"));
  expect(shown).toMatchObject({ canAskAgain: false });
  expect(shown.text).toMatch(/used up your tokens for today.*\d/);
  expect(showFailure(run ?? {}, new Date(availableAt)).canAskAgain).toBe(true);
});

it("shows the platform's own words for the rest, and some where it has none", () => {
  const failure = { code: "too_long", reason: "the answer took too long" } as const;
  expect(showFailure({ failure })).toEqual({ text: failure.reason, canAskAgain: true });
  expect(showFailure({})).toMatchObject({ text: expect.stringMatching(/could not be finished/) });
});
