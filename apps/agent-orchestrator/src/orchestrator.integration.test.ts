import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { startPlatform, textsOf } from "./testing/start-platform.ts";

const WORDS = ["Because", " of", " Rayleigh", " scattering."];

let platform: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());
beforeEach(() => platform.model.script({ words: WORDS }));
afterEach(() => platform.stopOrchestrators());

it("asks the model in the trace that queued the run", async () => {
  await platform.startOrchestrator();
  const { runId } = await platform.storeRun("Why is the sky blue?");
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  await platform.queue.enqueue(runId, `00-${trace}-00f067aa0ba902b7-01`);
  await platform.eventsOf(runId);
  expect(platform.model.headers.map(({ traceparent }) => traceparent)).toEqual([
    expect.stringMatching(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`)),
  ]);
});

it("streams tokens in order, and stores exactly what it streamed", async () => {
  const { store, queue, model } = platform;
  await platform.startOrchestrator();
  const { runId, sessionId, userId } = await platform.storeRun("Why is the sky blue?");
  await store.contexts.update({ sessionId, userId }, { name: "Ann" });
  await queue.enqueue(runId);
  const events = await platform.eventsOf(runId);
  expect(textsOf(events)).toEqual(WORDS);
  expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  const stored = await store.messages.answerOf(runId);
  expect(stored?.content).toBe(WORDS.join(""));
  expect(events.at(-1)).toEqual({ kind: "completed", runId, sequence: 5, messageId: stored?.id });
  expect((await store.runs.get(runId))?.status).toBe("completed");
  expect(model.asked[0]?.messages[0]?.content).toContain('{"name":"Ann"}');
  expect(model.asked[0]?.safety_identifier).toBe(userId);
  expect(model.asked[0]?.messages.at(-1)).toEqual({ role: "user", content: "Why is the sky blue?" });
});

it.each([
  { how: "refuses", turn: { fault: "refuse" } as const },
  { how: "stops midway", turn: { words: WORDS.slice(0, 2), ending: "break" } as const },
])("ends the log of a model that $how, without its internals", async ({ turn }) => {
  platform.model.script(turn);
  await platform.startOrchestrator();
  const { runId } = await platform.storeRun("hello");
  await platform.queue.enqueue(runId);
  const last = (await platform.eventsOf(runId)).at(-1);
  expect(last).toMatchObject({ kind: "failed", reason: expect.not.stringContaining("secret") });
  expect((await platform.store.runs.get(runId))?.status).toBe("failed");
  expect(await platform.store.messages.answerOf(runId)).toBeUndefined();
});

it("takes over the run of a consumer that fell silent", async () => {
  const { runId } = await platform.storeRun("hello");
  await platform.queue.enqueue(runId);
  const dead = new AbortController();
  const taken = Promise.withResolvers<void>();
  // Fails at once and is not told to stop: its entry stays pending, as a dead consumer's does.
  const consuming = platform.queue.consume(
    { consumer: "dead", signal: dead.signal, concurrency: 1, claimAfterMs: 60_000 },
    async () => {
      taken.resolve();
      throw new Error("died");
    },
  );
  await taken.promise;
  dead.abort();
  await platform.startOrchestrator();
  expect(textsOf(await platform.eventsOf(runId))).toEqual(WORDS);
  await consuming;
});

it("does not answer twice: it ends what the model can't go on with, and completes what was stored", async () => {
  const { store, runLog, queue, model } = platform;
  const interrupted = await platform.storeRun("hello");
  await runLog.append({ kind: "token", runId: interrupted.runId, sequence: 1, text: "Be" });
  const finished = await platform.storeRun("hello");
  await runLog.append({ kind: "token", runId: finished.runId, sequence: 1, text: "Hi" });
  const answer = await store.messages.addAnswer({ ...finished, content: "Hi" });
  for (const { runId } of [interrupted, finished]) {
    await store.runs.setStatus(runId, "running");
    await queue.enqueue(runId);
  }
  await platform.startOrchestrator();
  expect((await platform.eventsOf(interrupted.runId)).at(-1)).toMatchObject({ kind: "failed", sequence: 2 });
  expect((await platform.eventsOf(finished.runId)).at(-1)).toMatchObject({
    kind: "completed",
    messageId: answer?.id,
  });
  await eventually(async () => (await store.runs.get(finished.runId))?.status === "completed");
  expect(model.asked).toEqual([]);
});
