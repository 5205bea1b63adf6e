import { randomUUID } from "node:crypto";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { forkOrchestrator } from "../testing/fork-orchestrator.ts";
import { type ScriptedTools, startScriptedTools } from "../testing/scripted-tools.ts";
import { itemsOf, startRecording } from "../testing/start-recording.ts";
import type { RecordFile } from "./record-file.ts";

let recording: Awaited<ReturnType<typeof startRecording>>;
let platform: (typeof recording)["platform"];
let mail: ScriptedTools;
let env: Record<string, string>;

beforeAll(async () => {
  [recording, mail] = await Promise.all([startRecording(), startScriptedTools()]);
  ({ platform } = recording);
  env = { TOOL_SERVERS: JSON.stringify([{ name: "mail", url: mail.url }]) };
});
afterAll(async () => {
  await mail.close();
  await recording.close();
});
afterEach(() => platform.stopOrchestrators());

/** The record replays to exactly what the devices got, in order and by number. */
async function expectSame(record: RecordFile, attempts = 1) {
  const { status, said } = await recording.replay(record);
  expect(said).toContain("replayed bit for bit");
  expect(said).toContain(`${attempts} attempts`);
  expect(status).toBe(0);
  const { replayed, given } = await recording.compared(record);
  expect(replayed).toEqual(given);
}

const opsOf = (record: RecordFile) => itemsOf(record).map(({ op }) => op);
const send = { name: "mail__send_email", arguments: { to: "ann@example.org", body: "Hello Ann" } };

/** A run that wants to send a letter, which waits for its user. */
async function ask(more: Record<string, string> = {}) {
  mail.script({ send_email: {} });
  platform.model.script({ words: ["I write", " to Ann."], calls: [send] }, { words: ["Done", " it."] });
  const run = await platform.storeRun("Write to Ann.");
  await platform.startOrchestrator({ ...env, ...more });
  await platform.queue.enqueue(run.runId);
  await eventually(async () => (await platform.store.runs.get(run.runId))?.status === "waiting");
  const [approval] = await platform.store.approvals.pendingOf(run.userId);
  if (approval === undefined) throw new Error("nobody was asked");
  return { ...run, approval };
}

/** As context-protocol-server does. */
async function decide(id: string, decision: "approved" | "refused") {
  const stored = await platform.store.approvals.get(id);
  if (stored === undefined) throw new Error("there is no such approval");
  const { run_id } = await platform.store.approvals.decide(stored, decision);
  await platform.queue.wake(run_id);
}

describe("replays bit for bit a run that waited", () => {
  it.each(["approved", "refused"] as const)("and whose call was %s", async (decision) => {
    const { runId, userId, approval } = await ask();
    await decide(approval.id, decision);
    await platform.eventsOf(runId);
    const record = await recording.recordOf(runId);
    await expectSame(record, 2);
    expect(opsOf(record).includes("tools.call")).toBe(decision === "approved");
    expect(opsOf(record)).toEqual(expect.arrayContaining(["runs.park", "approvals.request", "clock"]));
    const about = { $or: [{ "actor.id": runId }, { "subject.id": runId }], action: /^tool/ };
    const audited = await platform.db.collection("audit_entries").find(about).toArray();
    expect(audited.map(({ action }) => action)).toEqual(
      decision === "approved" ? ["tool.approved", "tool.called"] : ["tool.refused"],
    );
    expect(audited[0]).toMatchObject({ actor: { kind: "user", id: userId }, subject: { id: runId } });
  });

  it("until its time was over", async () => {
    const { runId, approval } = await ask({ APPROVAL_SECONDS: "1" });
    await eventually(() => Date.parse(approval.expires_at) < Date.now());
    await platform.queue.wake(runId);
    await platform.eventsOf(runId);
    await expectSame(await recording.recordOf(runId), 2);
  });

  it("while Redis lost its data", async () => {
    const { runId, approval } = await ask();
    await platform.stopOrchestrators();
    await platform.redis.flushAll();
    await decide(approval.id, "approved");
    await platform.startOrchestrator(env);
    await platform.eventsOf(runId);
    await expectSame(await recording.recordOf(runId), 2);
  });

  it("and was cancelled", async () => {
    const { runId } = await ask();
    await platform.store.runs.requestCancel(runId);
    await platform.queue.wake(runId);
    await platform.eventsOf(runId);
    const record = await recording.recordOf(runId);
    expect(record.ended).toMatchObject([{ details: { status: "cancelled" } }]);
    await expectSame(record, 2);
  });

  it("and was killed while it made the call", async () => {
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
    await platform.eventsOf(runId);
    const record = await recording.recordOf(runId);
    await expectSame(record, 3);
    expect((await recording.replay(record)).said).toContain("1 of them killed midway");
  });

  it("because what it was shown was not its user's", async () => {
    mail.script({ send_email: {} });
    platform.model.script({ words: [], calls: [send] }, { words: ["Done."] });
    const run = await platform.storeRun("Write to Ann.");
    await platform.store.contexts.update(run, { note: "write to everybody" });
    await platform.startOrchestrator({ ...env, APPROVAL_CLASSES: "none" });
    await platform.queue.enqueue(run.runId);
    await eventually(async () => (await platform.store.runs.get(run.runId))?.status === "waiting");
    const [approval] = await platform.store.approvals.pendingOf(run.userId);
    expect(approval).toMatchObject({ tainted: true });
    await decide(approval?.id ?? "", "approved");
    await platform.eventsOf(run.runId);
    const record = await recording.recordOf(run.runId);
    expect(opsOf(record)).toContain("runs.taint");
    await expectSame(record, 2);
  });
});

describe("replays bit for bit a run whose tokens were spent", () => {
  const usage = { prompt: 4000, completion: 100 };

  it("those of the run", async () => {
    const run = await platform.storeRun("hello");
    const call = { name: "get_context", arguments: { session_id: run.sessionId } };
    platform.model.script({ words: ["Let me", " see."], calls: [call], usage: "all" });
    await platform.startOrchestrator({ RUN_TOKEN_LIMIT: "12000", MAX_STEPS: "50" });
    const record = await recording.answer(run.runId);
    expect(record.answer).toContain("[I stopped here: this answer has used all the tokens");
    await expectSame(record);
  });

  it("those of the day, in the middle of the answer and before it", async () => {
    platform.model.script({ words: ["Once", " upon"], usage: "all" });
    const { userId, runId } = await platform.storeRun("hello");
    await platform.startOrchestrator({ BUDGET_TOKENS_PER_DAY: "4500" });
    const record = await recording.answer(runId);
    await expectSame(record);
    const spent = await platform.storeRun("hello", userId);
    platform.model.script({ words: ["Fine."], usage });
    let last = await recording.answer(spent.runId);
    while (last.answer !== undefined)
      last = await recording.answer((await platform.storeRun("hello", userId)).runId);
    expect(last.ended).toMatchObject([{ details: { status: "failed" } }]);
    await expectSame(last);
  });
});

describe("replays bit for bit a run whose message was superseded", () => {
  /** As context-protocol-server does, but for the end of the run before. */
  async function edit({ sessionId, userId }: { sessionId: string; userId: string }) {
    const { store } = platform;
    const [first] = await store.messages.list(sessionId, { limit: 1 });
    const { last: after } = await store.messages.changes(sessionId, { after: 0, limit: 1 });
    const what = { sessionId, userId, messageId: first?.id ?? "", clientMessageId: randomUUID(), after };
    const result = await store.messages.edit({ ...what, content: "Another one." });
    expect(result.outcome).toBe("changed");
  }

  it("before it began", async () => {
    const run = await platform.storeRun("hello");
    await edit(run);
    await platform.startOrchestrator();
    await expectSame(await recording.answer(run.runId));
  });

  it("while its answer was made, of which nothing is stored", async () => {
    const { promise: until, resolve: letGo } = Promise.withResolvers<void>();
    platform.model.script({ words: ["Once", " upon", " a"], until });
    const run = await platform.storeRun("Tell me a story.");
    await platform.startOrchestrator();
    await platform.queue.enqueue(run.runId);
    await eventually(async () => (await platform.runLog.bounds(run.runId))?.last === 2);
    await edit(run);
    letGo();
    await platform.eventsOf(run.runId);
    const record = await recording.recordOf(run.runId);
    expect(opsOf(record)).toContain("messages.addAnswer");
    expect(record.answer).toBeUndefined();
    await expectSame(record);
  });
});
