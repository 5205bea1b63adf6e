import type { RunEvent, UserEvent } from "@mobile-ai-agent/contracts";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sweepRuns } from "./sweep.ts";
import { forkOrchestrator } from "./testing/fork-orchestrator.ts";
import { type ScriptedTools, startScriptedTools } from "./testing/scripted-tools.ts";
import { startPlatform, textsOf } from "./testing/start-platform.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;
let mail: ScriptedTools;
let env: Record<string, string>;
const told: { userId: string; event: UserEvent }[] = [];
let endEvents: () => void;

beforeAll(async () => {
  [platform, mail] = await Promise.all([startPlatform(), startScriptedTools()]);
  env = { TOOL_SERVERS: JSON.stringify([{ name: "mail", url: mail.url }]) };
  endEvents = await platform.userEvents.subscribe(
    (event) => told.push(event),
    () => {},
  );
});
afterAll(async () => {
  endEvents();
  await mail.close();
  await platform.close();
});
afterEach(async () => {
  await platform.stopOrchestrators();
  told.length = 0;
});

const LETTER = { to: "ann@example.org", body: "Hello Ann" };
const send = { name: "mail__send_email", arguments: LETTER };

/** A run that wants to send a letter. @returns what its user is asked */
async function ask(more: Record<string, string> = {}) {
  mail.script({ send_email: {} });
  platform.model.script({ words: ["I write", " to Ann."], calls: [send] }, { words: ["Done", " it."] });
  const run = await platform.storeRun("Write to Ann.");
  await platform.startOrchestrator({ ...env, ...more });
  await platform.queue.enqueue(run.runId);
  await isWaiting(run.runId);
  const [approval] = await platform.store.approvals.pendingOf(run.userId);
  if (approval === undefined) throw new Error("nobody was asked");
  return { ...run, approval };
}

const isWaiting = (runId: string) =>
  eventually(async () => (await platform.store.runs.get(runId))?.status === "waiting");

/** As context-protocol-server does. */
async function decide(id: string, decision: "approved" | "refused") {
  const stored = await platform.store.approvals.get(id);
  if (stored === undefined) throw new Error("there is no such approval");
  const approval = await platform.store.approvals.decide(stored, decision);
  await platform.queue.wake(approval.run_id);
  return approval.status;
}

const lastResult = () =>
  platform.model.asked.at(-1)?.messages.findLast(({ role }) => role === "tool")?.content;

describe("a call that needs its user's approval", () => {
  it("is shown as it would be made, to every device, and made when it is approved", async () => {
    const { runId, sessionId, userId, approval } = await ask();
    expect(approval).toMatchObject({
      ...{ run_id: runId, session_id: sessionId, server: "mail", tool: "send_email" },
      ...{ risk: "outbound", tainted: false, status: "pending", arguments: JSON.stringify(LETTER) },
    });
    await eventually(() => told.length === 1);
    expect(told).toEqual([{ userId, event: { name: "approval:requested", payload: approval } }]);
    expect(mail.calls).toEqual([]);
    await decide(approval.id, "approved");
    const events = await platform.eventsOf(runId);
    expect(textsOf(events).join("")).toBe("I write to Ann.\n\nDone it.");
    expect(mail.calls).toEqual([{ tool: "send_email", input: LETTER }]);
    expect(lastResult()).toBe("done");
    expect(await platform.store.approvals.pendingOf(userId)).toEqual([]);
  });

  describe("whose asker dies before the run waits", () => {
    /** As if it had died after asking. */
    async function die(runId: string) {
      await platform.stopOrchestrators();
      const runs = platform.db.collection<{ _id: string }>("runs");
      const forgotten = {
        $set: { status: "running" },
        $unset: { open_step: "" as const, waiting_until: "" as const },
      };
      await runs.updateOne({ _id: runId }, forgotten);
    }
    const withdrawn = (id: string) =>
      eventually(() =>
        told.some(
          ({ event }) =>
            event.name === "approval:decided" &&
            event.payload.id === id &&
            event.payload.status === "refused",
        ),
      );

    it("is withdrawn when the model wants another one then, which is not made", async () => {
      const { runId, approval } = await ask();
      await die(runId);
      const other = { ...send, arguments: { ...LETTER, body: "Hello Eve" } };
      platform.model.script({ words: [" I do."], calls: [other] }, { words: ["Done."] });
      await platform.startOrchestrator({ ...env, LLM_CONTINUES: "true" });
      await platform.queue.enqueue(runId);
      expect((await platform.eventsOf(runId)).at(-1)).toMatchObject({ kind: "completed" });
      expect(lastResult()).toMatch(/^error: this is not the call that the user was asked for/);
      await withdrawn(approval.id);
      expect(mail.calls).toEqual([]);
    });

    it("is withdrawn when the run fails", async () => {
      const { runId, approval } = await ask();
      await die(runId);
      await platform.startOrchestrator(env);
      await platform.queue.enqueue(runId);
      expect((await platform.eventsOf(runId)).at(-1)).toMatchObject({ kind: "failed", code: "interrupted" });
      await withdrawn(approval.id);
    });
  });

  it("holds nobody up while it waits", async () => {
    const { runId, approval } = await ask({ CONCURRENCY: "1" });
    const other = await platform.storeRun("hello");
    await platform.queue.enqueue(other.runId);
    expect((await platform.eventsOf(other.runId)).at(-1)).toMatchObject({ kind: "completed" });
    await decide(approval.id, "refused");
    expect((await platform.eventsOf(runId)).at(-1)).toMatchObject({ kind: "completed" });
    expect(mail.calls).toEqual([]);
    expect(lastResult()).toMatch(/^error: the user refused/);
  });

  it("waits on when every orchestrator has gone, and Redis has lost its data; no token comes twice", async () => {
    const { runId, approval } = await ask();
    const before: RunEvent[] = [];
    for await (const event of platform.runLog.read(runId, 0, AbortSignal.timeout(500))) before.push(event);
    await platform.stopOrchestrators();
    await platform.redis.flushAll();
    await decide(approval.id, "approved");
    await platform.startOrchestrator(env);
    const device: RunEvent[] = [];
    const last = before.at(-1)?.sequence ?? 0;
    for await (const event of platform.runLog.read(runId, last, AbortSignal.timeout(20_000)))
      device.push(event);
    expect(textsOf([...before, ...device]).join("")).toBe("I write to Ann.\n\nDone it.");
    expect([...before, ...device].map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: before.length + device.length }, (_, index) => index + 1),
    );
    const fresh = await platform.eventsOf(runId);
    expect(textsOf(fresh).join("")).toBe("I write to Ann.\n\nDone it.");
    expect((await platform.store.messages.answerOf(runId))?.content).toBe("I write to Ann.\n\nDone it.");
  });

  it("is decided once, by who comes first", async () => {
    const { runId, approval } = await ask();
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, index) => decide(approval.id, index % 2 === 0 ? "approved" : "refused")),
    );
    expect(new Set(verdicts).size).toBe(1);
    await platform.eventsOf(runId);
    expect(mail.calls).toHaveLength(verdicts[0] === "approved" ? 1 : 0);
  });

  it("counts as refused when its time is over", async () => {
    const { runId, approval } = await ask({ APPROVAL_SECONDS: "1" });
    await eventually(() => Date.parse(approval.expires_at) < Date.now());
    await sweepRuns(platform.store, platform.queue, { overdueMs: 30_000 });
    expect((await platform.eventsOf(runId)).at(-1)).toMatchObject({ kind: "completed" });
    expect(lastResult()).toMatch(/did not approve this call in time/);
    expect(mail.calls).toEqual([]);
    expect(told.at(-1)).toMatchObject({
      event: { name: "approval:decided", payload: { status: "expired" } },
    });
  });

  it("goes on though the word of the decision was lost", async () => {
    const { runId, approval } = await ask();
    const stored = await platform.store.approvals.get(approval.id);
    if (stored) await platform.store.approvals.decide(stored, "approved");
    await sweepRuns(platform.store, platform.queue, { overdueMs: 30_000, now: Date.now() + 60_000 });
    expect((await platform.eventsOf(runId)).at(-1)).toMatchObject({ kind: "completed" });
    expect(await platform.store.approvals.unconsumedBefore(new Date(Date.now() + 60_000), 10)).toEqual([]);
  });

  it("is forgotten with a decision that came when its run had ended", async () => {
    const { runId, approval } = await ask();
    const stored = await platform.store.approvals.get(approval.id);
    await platform.stopOrchestrators();
    if (stored) await platform.store.approvals.decide(stored, "approved");
    await platform.store.runs.setStatus(runId, "completed");
    const soon = Date.now() + 60_000;
    expect(await sweepRuns(platform.store, platform.queue, { overdueMs: 30_000, now: soon })).toBe(0);
    expect(await platform.store.approvals.unconsumedBefore(new Date(soon), 10)).toEqual([]);
  });

  it("is not reported as not made when its tool does not answer", async () => {
    const { runId, approval } = await ask();
    const { promise: never } = Promise.withResolvers<string>();
    mail.script({ send_email: { reply: () => never } });
    await decide(approval.id, "approved");
    await platform.eventsOf(runId);
    expect(mail.calls).toHaveLength(1);
    expect(lastResult()).toMatch(/not known whether this call was made/);
  });

  it("is not asked for any more when its run is cancelled", async () => {
    const { runId, userId, approval } = await ask();
    await platform.store.runs.requestCancel(runId);
    await platform.cancellations.publish(runId);
    await platform.queue.wake(runId);
    const stored = await eventually(() => platform.store.messages.answerOf(runId));
    expect((await platform.eventsOf(runId)).at(-1)).toMatchObject({
      kind: "cancelled",
      messageId: stored.id,
    });
    expect(await platform.store.approvals.pendingOf(userId)).toEqual([]);
    await decide(approval.id, "approved");
    expect(mail.calls).toEqual([]);
  });

  it("is not made when it is another than the one that was approved", async () => {
    const { runId, approval } = await ask();
    await platform.db
      .collection<{ _id: string }>("approvals")
      .updateOne({ _id: approval.id }, { $set: { call_hash: "of another definition" } });
    await decide(approval.id, "approved");
    await platform.eventsOf(runId);
    expect(mail.calls).toEqual([]);
    expect(lastResult()).toMatch(/not the call that the user was asked for/);
  });

  it("is made once, though its orchestrator is killed while it is made", async () => {
    const { runId, approval } = await ask();
    await platform.stopOrchestrators();
    const { promise: never } = Promise.withResolvers<string>();
    mail.script({ send_email: { reply: () => never } });
    await decide(approval.id, "approved");
    const kill = forkOrchestrator({ ...platform.env, ...env });
    try {
      await eventually(() => mail.calls.length === 1, { timeoutMs: 20_000 });
    } finally {
      await kill();
    }
    await platform.startOrchestrator(env);
    expect((await platform.eventsOf(runId)).at(-1)).toMatchObject({ kind: "completed" });
    expect(mail.calls).toHaveLength(1);
    expect(lastResult()).toMatch(/not known whether this call was made/);
  });
});

describe("the policy", () => {
  it("lets a call through that its user's own words led to, where its class needs no approval", async () => {
    mail.script({ send_email: {} });
    platform.model.script({ words: [], calls: [send] }, { words: ["Done."] });
    const { runId } = await platform.storeRun("Write to Ann.");
    await platform.startOrchestrator({ ...env, APPROVAL_CLASSES: "none" });
    await platform.queue.enqueue(runId);
    await platform.eventsOf(runId);
    expect(mail.calls).toHaveLength(1);
  });

  it("may ask for what changes the platform's own data, too", async () => {
    const { runId, sessionId, userId } = await platform.storeRun("I drink tea.");
    const update = { name: "update_context", arguments: { session_id: sessionId, patch: { drinks: "tea" } } };
    platform.model.script({ words: [], calls: [update] }, { words: ["Noted."] });
    await platform.startOrchestrator({ ...env, APPROVAL_CLASSES: "write,outbound" });
    await platform.queue.enqueue(runId);
    await isWaiting(runId);
    const [approval] = await platform.store.approvals.pendingOf(userId);
    expect(approval).toMatchObject({ server: "platform", tool: "update_context", risk: "write" });
    await decide(approval?.id ?? "", "approved");
    await platform.eventsOf(runId);
    expect((await platform.store.contexts.get({ sessionId, userId })).context).toEqual({ drinks: "tea" });
  });
});
