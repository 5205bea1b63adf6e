import { randomUUID } from "node:crypto";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startPlatform, textsOf } from "./testing/start-platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());
afterEach(() => platform.stopOrchestrators());

const update = (session_id: string, patch: object) => ({
  name: "update_context",
  arguments: { session_id, patch },
});
const resultsOf = (index: number) =>
  platform.model.asked[index]?.messages.filter(({ role }) => role === "tool").map(({ content }) => content);

/** Lets the run be answered. @returns its events */
async function answer(runId: string) {
  await platform.queue.enqueue(runId);
  return platform.eventsOf(runId);
}

describe("a model that calls tools", () => {
  it("has them called over MCP, sees the results, and answers", async () => {
    const { model, store } = platform;
    const { runId, sessionId, userId } = await platform.storeRun("I drink tea. What did I say?");
    model.script(
      { words: ["One moment."], calls: [update(sessionId, { drinks: "tea" })] },
      { words: [], calls: [{ name: "search_messages", arguments: { session_id: sessionId, query: "TEA" } }] },
      { words: ["You", " drink tea."] },
    );
    await platform.startOrchestrator();
    const events = await answer(runId);
    expect(textsOf(events)).toEqual(["One", " moment.", "\n\n", "You drink", " tea."]);
    expect((await store.messages.answerOf(runId))?.content).toBe("One moment.\n\nYou drink tea.");
    expect((await store.contexts.get({ sessionId, userId })).context).toEqual({ drinks: "tea" });
    expect(model.asked).toHaveLength(3);
    expect(model.asked[0]?.tools?.map((tool) => tool.function.name).sort()).toEqual([
      ...["get_context", "list_sessions", "search_messages", "update_context"],
    ]);
    expect(model.asked[0]?.messages[0]?.content).toContain(sessionId);
    expect(resultsOf(1)).toEqual([expect.stringContaining('"drinks":"tea"')]);
    expect(resultsOf(2)?.[1]).toContain("I drink tea. What did I say?");
    expect(model.asked[2]?.messages.at(-1)?.tool_call_id).toBe("call-2-0");
  });

  it("is told what is wrong with a call, and goes on", async () => {
    const { model, store } = platform;
    const { runId, userId } = await platform.storeRun("hello");
    const other = (await store.sessions.create({ userId })).session.id;
    const calls = [
      { name: "no_such_tool", arguments: {} },
      { name: "get_context", arguments: "{not json" },
      { name: "get_context", arguments: { session_id: 7 } },
      update(other, { planted: true }),
      { name: "functions.get_context", arguments: "[]" },
    ];
    model.script({ words: [], calls }, { words: ["Done."] });
    await platform.startOrchestrator();
    expect(textsOf(await answer(runId))).toEqual(["Done."]);
    expect(resultsOf(1)).toEqual(Array(5).fill(expect.stringMatching(/^error: /)));
    // A server of models refuses a conversation with a call that has no form.
    const shown = model.asked[1]?.messages.flatMap(({ tool_calls = [] }) => tool_calls) ?? [];
    expect(shown.map(({ function: { name } }) => name)).toEqual([
      ...["no_such_tool", "get_context", "get_context", "update_context", "unknown"],
    ]);
    for (const { function: asked } of shown) expect(JSON.parse(asked.arguments)).toBeTypeOf("object");
    expect([1, 4].map((index) => shown[index]?.function.arguments)).toEqual(["{}", "{}"]);
    expect(resultsOf(1)?.[3]).toContain("no such session");
    expect((await store.contexts.get({ sessionId: other, userId })).context).toEqual({});
  });

  it("has to answer when its steps are used up", async () => {
    const { model } = platform;
    const { runId, sessionId } = await platform.storeRun("hello");
    model.script({ words: ["Hm."], calls: [update(sessionId, {})] });
    await platform.startOrchestrator({ MAX_STEPS: "3" });
    expect(textsOf(await answer(runId)).join("")).toBe("Hm.\n\nHm.\n\nHm.");
    expect(model.asked.map(({ tool_choice }) => tool_choice)).toEqual(["auto", "auto", "none"]);
  });

  it("is offered none when it can't call them", async () => {
    platform.model.script({ words: ["Hi."] });
    const { runId } = await platform.storeRun("hello");
    await platform.startOrchestrator({ LLM_TOOLS: "false" });
    await answer(runId);
    expect(platform.model.asked[0]).not.toHaveProperty("tools");
  });
});

describe("a run whose end is asked for", () => {
  /** As context-protocol-server does. */
  async function cancel(runId: string) {
    await platform.store.runs.requestCancel(runId);
    await platform.cancellations.publish(runId);
    await platform.queue.wake(runId);
  }

  it("ends in the middle, and keeps what was said", async () => {
    const { model, store } = platform;
    model.script({ words: ["Once", " upon", " a"], ending: "hang" });
    const { runId } = await platform.storeRun("Tell me a story.");
    await platform.startOrchestrator();
    await platform.queue.enqueue(runId);
    await eventually(async () => (await platform.runLog.bounds(runId))?.last === 2);
    await cancel(runId);
    const events = await platform.eventsOf(runId);
    const stored = await store.messages.answerOf(runId);
    expect(stored?.content).toBe("Once upon");
    expect(events.at(-1)).toEqual({ kind: "cancelled", runId, sequence: 3, messageId: stored?.id });
    expect((await store.runs.get(runId))?.status).toBe("cancelled");
    await eventually(() => model.aborted() === 1);
  });

  it("is not begun when it is still queued", async () => {
    platform.model.script({ words: ["Never."] });
    const { runId } = await platform.storeRun("hello");
    await cancel(runId);
    await platform.startOrchestrator();
    expect(await answer(runId)).toEqual([{ kind: "cancelled", runId, sequence: 1 }]);
    expect(platform.model.asked).toEqual([]);
    expect(await platform.store.messages.answerOf(runId)).toBeUndefined();
  });

  it("is not begun again, though the note of who cancelled it was lost", async () => {
    const { model, store } = platform;
    const { runId } = await platform.storeRun("hello");
    model.script({ words: ["Hello"] });
    await store.runs.setStatus(runId, "cancelled");
    await platform.startOrchestrator();
    expect(await answer(runId)).toMatchObject([{ kind: "cancelled" }]);
    expect(model.asked).toEqual([]);
    expect((await store.runs.get(runId))?.status).toBe("cancelled");
  });

  it("when it has its answer stays completed", async () => {
    const { model, store, redis } = platform;
    model.script({ words: ["Hello."] });
    const { runId } = await platform.storeRun("hello");
    await platform.startOrchestrator();
    expect((await answer(runId)).at(-1)).toMatchObject({ kind: "completed" });
    await cancel(runId);
    // It is handled once more, and is through.
    await eventually(async () => (await redis.xLen("runs")) === 0);
    expect((await store.runs.get(runId))?.status).toBe("completed");
  });

  it("writes nothing more where its log was removed", async () => {
    const { model, store, runLog } = platform;
    model.script({ words: ["Once", " upon", " a"], ending: "hang" });
    const { runId } = await platform.storeRun("Tell me a story.");
    await platform.startOrchestrator();
    await platform.queue.enqueue(runId);
    await eventually(async () => (await runLog.bounds(runId))?.last === 2);
    await runLog.remove([runId]);
    await cancel(runId);
    await eventually(async () => (await store.runs.get(runId))?.status === "cancelled");
    expect(await runLog.count([runId])).toBe(0);
  });

  it("leaves the others alone", async () => {
    platform.model.script({ words: ["Fine."] });
    const { runId } = await platform.storeRun("hello");
    await platform.startOrchestrator();
    await cancel(randomUUID());
    expect((await answer(runId)).at(-1)).toMatchObject({ kind: "completed" });
  });
});

it("is given up when it is old and its tools still fail, not before", async () => {
  const { db, store, queue } = platform;
  const [old, young] = [await platform.storeRun("hello"), await platform.storeRun("hello")];
  const before = new Date(Date.now() - 62 * 60 * 1000);
  await db
    .collection<{ _id: string }>("runs")
    .updateOne({ _id: old.runId }, { $set: { created_at: before } });
  await platform.startOrchestrator({
    CONTEXT_PROTOCOL_SERVER_URL: "http://127.0.0.1:1",
    ...{ APPROVAL_SECONDS: "10", MAX_STEPS: "6" },
  });
  await queue.enqueue(young.runId);
  expect((await answer(old.runId)).at(-1)).toMatchObject({ kind: "failed", code: "unavailable" });
  expect((await store.runs.get(young.runId))?.status).toBe("running");
});

it("is given up when it takes too long, and says so", async () => {
  platform.model.script({ fault: "silent" });
  const { runId } = await platform.storeRun("hello");
  await platform.startOrchestrator({ MAX_RUN_SECONDS: "1" });
  expect((await answer(runId)).at(-1)).toMatchObject({
    kind: "failed",
    reason: expect.stringMatching(/too long/),
  });
});
