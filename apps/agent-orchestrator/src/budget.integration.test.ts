import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startPlatform, textsOf } from "./testing/start-platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());
afterEach(() => platform.stopOrchestrators());

/** Lets the run be answered. @returns its events */
async function answer(runId: string) {
  await platform.queue.enqueue(runId);
  return platform.eventsOf(runId);
}

const usesOf = (userId: string) => platform.db.collection("token_uses").find({ user_id: userId }).toArray();

/** What a message such as the others costs at most. */
async function costOfOne(): Promise<number> {
  platform.model.script({ words: ["Fine."], usage: "all" });
  const { runId, userId } = await platform.storeRun("hello");
  await platform.startOrchestrator();
  await answer(runId);
  await platform.stopOrchestrators();
  const [use] = await usesOf(userId);
  return use?.reserved;
}

/** Real processes of the service. @returns ends them */
async function startProcesses(count: number, more: Record<string, string>) {
  const processes = Array.from({ length: count }, () =>
    fork(join(import.meta.dirname, "main.ts"), { env: { ...platform.env, ...more }, stdio: "ignore" }),
  );
  return async () => {
    for (const child of processes) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
  };
}

describe("a hundred runs of one user at once, in three processes, with a budget for ten", () => {
  it("use no token more than that, and the others are told when there are new ones", async () => {
    const budget = 10 * (await costOfOne());
    const { promise: until, resolve: letGo } = Promise.withResolvers<void>();
    platform.model.script({ words: ["Fine."], usage: "all", until });
    const userId = randomUUID();
    const runs: string[] = [];
    for (let count = 0; count < 100; count++) runs.push((await platform.storeRun("hello", userId)).runId);
    const env = { BUDGET_TOKENS_PER_DAY: `${budget}`, CONCURRENCY: "40", CLAIM_AFTER_MS: "30000" };
    const stop = await startProcesses(3, env);
    try {
      await Promise.all(runs.map((runId) => platform.queue.enqueue(runId)));
      const failed = () =>
        platform.db.collection("runs").countDocuments({ user_id: userId, status: "failed" });
      await eventually(async () => (await failed()) >= 90, { timeoutMs: 50_000 });
      expect(platform.model.asked).toHaveLength(10);
      letGo();
      const endings = await Promise.all(runs.map(async (runId) => (await platform.eventsOf(runId)).at(-1)));
      expect(endings.filter((event) => event?.kind === "completed")).toHaveLength(10);
      const spent = endings.find((event) => event?.kind === "failed");
      expect(spent).toMatchObject({
        code: "budget_spent",
        reason: expect.stringMatching(/new ones at .* 00:00 UTC/),
        availableAt: expect.stringMatching(/T00:00:00\.000Z$/),
      });
      expect(platform.model.used()).toBeLessThanOrEqual(budget);
      expect(platform.model.used()).toBeGreaterThan(budget * 0.7);
      const uses = await usesOf(userId);
      expect(uses.reduce((sum, { used }) => sum + used, 0)).toBe(platform.model.used());
    } finally {
      letGo();
      await stop();
    }
  }, 120_000);
});

describe("the tokens of a day", () => {
  it("make the last answer shorter, which says so", async () => {
    const cost = await costOfOne();
    const { model, store } = platform;
    model.script({ words: ["Once", " upon"], usage: "all" });
    const { runId } = await platform.storeRun("hello");
    await platform.startOrchestrator({ BUDGET_TOKENS_PER_DAY: `${cost - 100}` });
    const events = await answer(runId);
    expect(model.asked[0]?.max_tokens).toBe(92);
    expect(textsOf(events).join("")).toMatch(/^Once upon\n\n\[I stopped here: today's tokens .* UTC\.\]$/);
    expect(events.at(-1)).toMatchObject({ kind: "completed" });
    expect((await store.messages.answerOf(runId))?.content).toBe(textsOf(events).join(""));
  });

  it("are charged by what the provider counts, or as the most when it counts nothing", async () => {
    const { model } = platform;
    model.script({ words: ["Fine."], usage: { prompt: 40, completion: 3 } }, { words: ["Fine."] });
    const [told, untold] = [await platform.storeRun("hello"), await platform.storeRun("hello")];
    await platform.startOrchestrator({ CONCURRENCY: "1" });
    await answer(told.runId);
    await answer(untold.runId);
    expect(await usesOf(told.userId)).toMatchObject([{ used: 43, counted: "provider" }]);
    const [use] = await usesOf(untold.userId);
    expect(use).toMatchObject({ counted: "bound" });
    expect(use?.used).toBe(use?.reserved - 192 + "Fine.".length);
  });

  it("are not charged for a model that did not answer", async () => {
    platform.model.script({ fault: "refuse" });
    const { runId, userId } = await platform.storeRun("hello");
    await platform.startOrchestrator();
    expect((await answer(runId)).at(-1)).toMatchObject({ kind: "failed", code: "unavailable" });
    expect(await usesOf(userId)).toMatchObject([{ used: 0 }]);
  });

  it("are charged once at most for an answer whose orchestrator was killed", async () => {
    const { model } = platform;
    model.script({ words: ["one", " two", " th"], ending: "hang" }, { words: [" three"], usage: "all" });
    const { runId, userId } = await platform.storeRun("Count.");
    const stop = await startProcesses(1, {});
    await platform.queue.enqueue(runId);
    await eventually(async () => ((await platform.runLog.bounds(runId))?.last ?? 0) >= 2, {
      timeoutMs: 20_000,
    });
    await stop();
    await platform.startOrchestrator({ LLM_CONTINUES: "true" });
    expect(textsOf(await platform.eventsOf(runId)).join("")).toBe("one two three");
    const [lost, next] = await usesOf(userId);
    expect(lost).toMatchObject({ used: lost?.reserved, counted: "bound" });
    expect(next).toMatchObject({ used: model.used(), counted: "provider" });
  });
});

it("a run that has used up its tokens ends with what was said, and says why", async () => {
  const { model, store } = platform;
  const { runId, sessionId } = await platform.storeRun("hello");
  const call = { name: "get_context", arguments: { session_id: sessionId } };
  model.script({ words: ["Let me", " see."], calls: [call], usage: "all" });
  await platform.startOrchestrator({ RUN_TOKEN_LIMIT: "12000", MAX_STEPS: "50" });
  const events = await answer(runId);
  expect(events.at(-1)).toMatchObject({ kind: "completed" });
  const { content } = (await store.messages.answerOf(runId)) ?? {};
  expect(content).toMatch(
    /^Let me see\.\n\n.*\[I stopped here: this answer has used all the tokens[^\]]*\]$/s,
  );
  expect(model.used()).toBeLessThanOrEqual(12_000);
  expect(model.asked.length).toBeGreaterThan(1);
});
