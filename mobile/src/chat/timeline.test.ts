import type { Message } from "@mobile-ai-agent/contracts";
import { describe, expect, it } from "vitest";
import type { OutboxItem } from "../outbox/outbox-item.ts";
import { answerTo, SESSION_ID, userMessage } from "../testing/messages.ts";
import type { AskedApproval } from "./approvals.ts";
import { unanswered } from "./messages.ts";
import { type RunState, startedRun } from "./run-follower.ts";
import { timelineOf } from "./timeline.ts";

const item = (clientMessageId: string, order: number): OutboxItem => ({
  clientMessageId,
  sessionId: SESSION_ID,
  type: "text",
  content: clientMessageId,
  createdAt: "2026-01-01T00:00:00.000Z",
  order,
});
const runsOf = (...runs: RunState[]) => new Map(runs.map((run) => [run.runId, run]));

describe("timelineOf", () => {
  it("shows a message once while it is both stored and still in the outbox", () => {
    const stored = userMessage(1);
    const entries = timelineOf([stored], [item("client-1", 1), item("client-2", 2)], new Map());
    expect(entries.map(({ kind, key }) => [kind, key])).toEqual([
      ["message", "client-1"],
      ["pending", "client-2"],
    ]);
  });

  it("keeps the key while a message or an answer changes its form, so that nothing blinks", () => {
    const question = userMessage(1);
    const live = startedRun(question.run_id, SESSION_ID);
    const before = timelineOf([], [item("client-1", 1)], new Map());
    const during = timelineOf([question], [], runsOf(live));
    const after = timelineOf([question, answerTo(question, 2)], [], runsOf({ ...live, status: "completed" }));
    expect(during[0]?.key).toBe(before[0]?.key);
    expect(after.map(({ key }) => key)).toEqual(during.map(({ key }) => key));
    expect(after.map(({ kind }) => kind)).toEqual(["message", "message"]);
  });

  it("shows an answer until it is among the messages, then only there", () => {
    const question = userMessage(1);
    const run: RunState = { ...startedRun(question.run_id, SESSION_ID), text: "answer", status: "completed" };
    expect(timelineOf([question], [], runsOf(run)).map(({ kind }) => kind)).toEqual(["message", "answer"]);
    const whole = [question, answerTo(question, 2)];
    expect(timelineOf(whole, [], runsOf(run)).map(({ kind }) => kind)).toEqual(["message", "message"]);
  });

  it("shows nothing of an answer that is whole and has no text: it was deleted", () => {
    const question = userMessage(1);
    const run: RunState = { ...startedRun(question.run_id, SESSION_ID), status: "completed" };
    expect(timelineOf([question], [], runsOf(run)).map(({ kind }) => kind)).toEqual(["message"]);
  });
});

it("tells of an approval whether the answer that wanted it is over", () => {
  const question = userMessage(1);
  const approval: AskedApproval = {
    ...{ id: "approval-1", run_id: question.run_id, session_id: SESSION_ID },
    ...{ server: "mail", tool: "send_email", risk: "outbound", tainted: true, status: "pending" },
    ...{ arguments: "{}", created_at: question.created_at, expires_at: question.created_at },
  };
  const run = startedRun(question.run_id, SESSION_ID);
  const hasEnded = (messages: readonly Message[], ...runs: RunState[]) =>
    timelineOf(messages, [], runsOf(...runs), [approval]).flatMap((entry) =>
      entry.kind === "approval" ? [entry.hasRunEnded] : [],
    );
  expect(hasEnded([])).toEqual([false]);
  expect(hasEnded([question], run)).toEqual([false]);
  expect(hasEnded([question], { ...run, status: "cancelled" })).toEqual([true]);
  expect(hasEnded([question, answerTo(question, 2)])).toEqual([true]);
});

it("finds the questions without an answer", () => {
  const [one, two] = [userMessage(1), userMessage(3)];
  expect(unanswered([one, answerTo(one, 2), two])).toEqual([two]);
});
