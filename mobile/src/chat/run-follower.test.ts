import { randomUUID } from "node:crypto";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import { expect, it } from "vitest";
import { followRun, type RunState, startedRun } from "./run-follower.ts";

const runId = randomUUID();
const messageId = randomUUID();
const token = (sequence: number, text: string): RunEvent => ({ runId, sequence, kind: "token", text });
const LOG: readonly RunEvent[] = [
  token(1, "Because"),
  token(2, " of"),
  token(3, " scattering"),
  { runId, sequence: 4, kind: "completed", messageId },
];

function followAll(events: readonly RunEvent[], run: RunState = startedRun(runId, randomUUID())) {
  return events.reduce<RunState>((state, event) => followRun(state, event) ?? state, run);
}

it("puts an answer together", () => {
  expect(followAll(LOG)).toMatchObject({
    after: 4,
    text: "Because of scattering",
    status: "completed",
    messageId,
  });
});

it("takes each event once, however often it comes", () => {
  const twice = [...LOG.slice(0, 3), ...LOG.slice(0, 2), ...LOG, ...LOG];
  expect(followAll(twice).text).toBe("Because of scattering");
});

it("asks for what is missing instead of leaving it out", () => {
  const run = followAll(LOG.slice(0, 1));
  expect(followRun(run, LOG[2] as RunEvent)).toBeUndefined();
  expect(run.after).toBe(1);
});

it("goes on at the exact token after a cut, wherever it was", () => {
  for (let cut = 0; cut <= LOG.length; cut += 1) {
    const before = followAll(LOG.slice(0, cut));
    const rest = LOG.filter(({ sequence }) => sequence > before.after);
    expect(followAll(rest, before)).toEqual(followAll(LOG, startedRun(runId, before.sessionId)));
  }
});

it("ends as the log says", () => {
  const failure = { code: "too_long", reason: "too long" } as const;
  const failed = followAll([token(1, "B"), { runId, sequence: 2, kind: "failed", ...failure }]);
  expect(failed).toMatchObject({ status: "failed", failure, text: "B" });
  const cancelled = followAll([token(1, "B"), { runId, sequence: 2, kind: "cancelled", messageId }]);
  expect(cancelled).toMatchObject({ status: "cancelled", messageId, text: "B" });
});
