import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { startPlatform, textsOf } from "./testing/start-platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());
afterEach(() => platform.stopOrchestrators());

/** A real process of the service, killed when the run's log has `events`. */
async function killWhen(runId: string, events: number) {
  const child = fork(join(import.meta.dirname, "main.ts"), { env: platform.env, stdio: "ignore" });
  try {
    await platform.queue.enqueue(runId);
    await eventually(async () => (await platform.runLog.lastSequence(runId)) >= events, {
      timeoutMs: 20_000,
    });
  } finally {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

it("an answer goes on at the next token when its orchestrator is killed", async () => {
  const { model, store } = platform;
  const { runId } = await platform.storeRun("Count.");
  model.script({ words: ["one", " two", " th"], ending: "hang" }, { words: [" three", " four"] });
  await killWhen(runId, 2);
  await platform.startOrchestrator({ LLM_CONTINUES: "true" });
  const events = await platform.eventsOf(runId);
  expect(textsOf(events)).toEqual(["one", " two", " three", " four"]);
  expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  expect((await store.messages.answerOf(runId))?.content).toBe("one two three four");
  expect(model.asked[1]).toMatchObject({ continue_final_message: true });
  expect(model.asked[1]?.messages.at(-1)).toEqual({ role: "assistant", content: "one two" });
});

it("a tool that was called is not called again", async () => {
  const { model, store } = platform;
  const { runId, sessionId, userId } = await platform.storeRun("Remember tea.");
  const call = { name: "update_context", arguments: { session_id: sessionId, patch: { drinks: "tea" } } };
  model.script(
    { words: ["Noting."], calls: [call] },
    { words: ["Still", " he"], ending: "hang" },
    { words: [" at it."] },
  );
  await killWhen(runId, 3);
  expect((await store.contexts.get({ sessionId, userId })).version).toBe(1);
  await platform.startOrchestrator({ LLM_CONTINUES: "true" });
  expect(textsOf(await platform.eventsOf(runId))).toEqual(["Noting.", "\n\n", "Still", " at", " it."]);
  expect((await store.contexts.get({ sessionId, userId })).version).toBe(1);
  expect((await store.messages.answerOf(runId))?.content).toBe("Noting.\n\nStill at it.");
  const shown = model.asked[2]?.messages.map(({ role }) => role);
  expect(shown).toEqual(["system", "user", "assistant", "tool", "assistant"]);
});

it("a model that can't go on says so, in words that tell what to do", async () => {
  platform.model.script({ words: ["one", " tw"], ending: "hang" }, { words: ["eins"] });
  const { runId } = await platform.storeRun("Count.");
  await killWhen(runId, 1);
  await platform.startOrchestrator();
  const last = (await platform.eventsOf(runId)).at(-1);
  expect(last).toMatchObject({ kind: "failed", reason: expect.stringMatching(/send the message again/) });
  expect(await platform.store.messages.answerOf(runId)).toBeUndefined();
});
