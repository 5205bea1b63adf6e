import { randomUUID } from "node:crypto";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startPlatform } from "./testing/start-platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());
afterEach(() => platform.stopOrchestrators());

/** As context-protocol-server does, but for the end of the runs before. */
async function edit({ sessionId, userId }: { sessionId: string; userId: string }, content: string) {
  const { store } = platform;
  const [first] = await store.messages.list(sessionId, { limit: 1 });
  const { last: after } = await store.messages.changes(sessionId, { after: 0, limit: 1 });
  const what = { sessionId, userId, messageId: first?.id ?? "", clientMessageId: randomUUID(), after };
  const result = await store.messages.edit({ ...what, content });
  if (result.outcome !== "changed") throw new Error(`the edit came to ${result.outcome}`);
  await store.runs.create({ ...result, sessionId, userId });
  return result;
}

it("tells the model of what the session shows, and of nothing that was superseded", async () => {
  const { store, model, queue } = platform;
  model.script({ words: ["Fine."] });
  const before = await platform.storeRun("the old question");
  await store.messages.addAnswer({ ...before, content: "the old answer" });
  const { runId } = await edit(before, "the new question");
  await platform.startOrchestrator();
  await queue.enqueue(runId);
  expect((await platform.eventsOf(runId)).at(-1)).toMatchObject({ kind: "completed" });
  const said = model.asked[0]?.messages.filter(({ role }) => role !== "system");
  expect(said).toEqual([{ role: "user", content: "the new question" }]);
});

it("ends a run whose message is superseded before it begins, though nobody asked for its end", async () => {
  const { model, queue, store } = platform;
  model.script({ words: ["Never."] });
  const before = await platform.storeRun("the old question");
  await edit(before, "the new question");
  await platform.startOrchestrator();
  await queue.enqueue(before.runId);
  expect(await platform.eventsOf(before.runId)).toEqual([
    { kind: "cancelled", runId: before.runId, sequence: 1 },
  ]);
  expect(model.asked).toEqual([]);
  expect(await store.messages.answerOf(before.runId)).toBeUndefined();
});

it("stores nothing of an answer whose message is superseded or deleted while it is made", async () => {
  const { model, queue, store, runLog, cancellations } = platform;
  model.script({ words: ["Once", " upon", " a"], ending: "hang" });
  const before = await platform.storeRun("Tell me a story.");
  await platform.startOrchestrator();
  await queue.enqueue(before.runId);
  await eventually(async () => (await runLog.bounds(before.runId))?.last === 2);
  await edit(before, "Tell me another one.");
  await cancellations.publish(before.runId);
  const events = await platform.eventsOf(before.runId);
  expect(events.at(-1)).toEqual({ kind: "cancelled", runId: before.runId, sequence: 3 });
  expect(await store.messages.answerOf(before.runId)).toBeUndefined();
  expect((await store.runs.get(before.runId))?.status).toBe("cancelled");
});
