import { randomUUID } from "node:crypto";
import type { Approval, Change } from "@mobile-ai-agent/contracts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Requests } from "../api/requests.ts";
import { createOutboxStore } from "../outbox/outbox-store.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { answerTo, SESSION_ID, userMessage } from "../testing/messages.ts";
import { startSocketServer } from "../testing/socket-server.ts";
import { type Chat, type ChatOptions, createChat } from "./chat.ts";
import { showFailure } from "./failure.ts";

/** As the app's, but a hundred times as fast. */
vi.mock("../api/pause.ts", async (original) => {
  const { pauseMs } = await original<typeof import("../api/pause.ts")>();
  return { pauseMs: (...growth: Parameters<typeof pauseMs>) => pauseMs(...growth) / 100 };
});

let server: Awaited<ReturnType<typeof startSocketServer>>;
let chats: Chat[] = [];
beforeEach(async () => {
  server = await startSocketServer();
});
afterEach(async () => {
  for (const chat of chats) chat.close();
  chats = [];
  await server.stop();
});

function open(part: Partial<ChatOptions> = {}) {
  const changes: Change[] = [];
  const sessions: string[] = [];
  const ended: string[] = [];
  const uploads: string[] = [];
  const kept = { waiting: [] as Approval[], decided: [] as string[], failedLists: 0 };
  let decideAnswer = async () => ({ ok: true, data: {} }) as object;
  /** How the platform answers for a run, each in its turn; the last one stays. */
  const runs: RunAnswer[] = [];
  const requests = {
    async uploadMedia(_bytes: Uint8Array, contentType: string) {
      uploads.push(contentType);
      return { ok: true, data: { id: randomUUID() } };
    },
    getRun: async () => (runs.length > 1 ? runs.shift() : runs[0]),
    async listApprovals() {
      if (kept.failedLists === 0) return { ok: true, data: kept.waiting };
      kept.failedLists -= 1;
      return { ok: false, problem: { reason: "unavailable", detail: "later" } };
    },
    async decideApproval(id: string, decision: string) {
      kept.decided.push(`${id} ${decision}`);
      return await decideAnswer();
    },
  } as unknown as Requests;
  const chat = createChat({
    url: server.url,
    freshToken: async () => "token",
    refreshToken: async () => "token",
    requests,
    store: createOutboxStore(createMemoryStore(), "user-1"),
    newId: randomUUID,
    onChange: (_, change) => changes.push(change),
    onSessionChanged: () => sessions.push("changed"),
    onSessionDeleted: (sessionId) => sessions.push(sessionId),
    onRunEnded: (sessionId) => ended.push(sessionId),
    onConnected: () => {},
    ...part,
  });
  chats.push(chat);
  const decideBy = (answer: typeof decideAnswer) => {
    decideAnswer = answer;
  };
  const contents = () =>
    changes.map((change) => ("message" in change ? change.message.content : change.kind));
  return { chat, contents, sessions, ended, uploads, kept, runs, decideBy };
}

type RunAnswer = Pick<Awaited<ReturnType<Requests["getRun"]>>, "ok"> & object;
const noRun = (reason: string): RunAnswer => ({ ok: false, problem: { reason, detail: reason } }) as never;
const runThatIs = (status: string): RunAnswer => ({ ok: true, data: { status } }) as never;

const connected = (chat: Chat) => expect.poll(() => chat.state().connection).toBe("connected");
const eventually = { timeout: 8000 };

it("sends what was written before there was a connection, once there is", async () => {
  const { chat, contents } = open();
  await chat.outbox.add({ sessionId: SESSION_ID, content: "hello" });
  await expect.poll(contents).toEqual(["hello"]);
  expect(chat.outbox.items(SESSION_ID)).toEqual([]);
});

it("delivers once though the acknowledgement was lost: the next try has the same id", async () => {
  const { chat } = open();
  await connected(chat);
  server.control.swallowAcks = 1;
  await chat.outbox.add({ sessionId: SESSION_ID, content: "hello" });
  await expect.poll(() => chat.outbox.size(), { timeout: 25_000 }).toBe(0);
  expect(server.seen.sends).toHaveLength(2);
  expect(new Set(server.seen.sends).size).toBe(1);
  expect(server.stored()).toHaveLength(1);
}, 30_000);

it("goes on after the last token that it has when the connection was cut", async () => {
  const { chat, ended } = open();
  chat.show(SESSION_ID);
  await connected(chat);
  await chat.outbox.add({ sessionId: SESSION_ID, content: "why?" });
  await expect.poll(() => server.seen.subscriptions).toHaveLength(1);
  const { runId } = server.seen.subscriptions[0] as { runId: string };
  server.log({ runId, sequence: 1, kind: "token", text: "Be" });
  server.log({ runId, sequence: 2, kind: "token", text: "cause" });
  await expect.poll(() => chat.state().runs.get(runId)?.text).toBe("Because");
  server.cut();
  server.log({ runId, sequence: 3, kind: "token", text: " so" });
  server.log({ runId, sequence: 4, kind: "completed", messageId: randomUUID() });
  await expect.poll(() => chat.state().runs.get(runId)?.status, eventually).toBe("completed");
  expect(server.seen.subscriptions.at(-1)).toEqual({ runId, after: 2 });
  expect(chat.state().runs.get(runId)?.text).toBe("Because so");
  expect(ended).toEqual([SESSION_ID]);
});

it("takes up an answer that was under way before the app began, from its first token", async () => {
  const { chat } = open();
  chat.show(SESSION_ID);
  await connected(chat);
  const question = userMessage(1);
  server.log({ runId: question.run_id, sequence: 1, kind: "token", text: "Because" });
  chat.followUnanswered(SESSION_ID, [question]);
  await expect.poll(() => chat.state().runs.get(question.run_id)?.text).toBe("Because");
  expect(server.seen.subscriptions).toEqual([{ runId: question.run_id, after: 0 }]);
});

it("takes up an answer whose run was not there yet when this device first asked for it", async () => {
  const { chat, runs } = open();
  chat.show(SESSION_ID);
  await connected(chat);
  server.control.refuseSubscriptions = ["not_found", "limited", "not_found", "not_found", "unavailable"];
  runs.push(noRun("refused"), noRun("limited"), runThatIs("queued"));
  const question = userMessage(1);
  chat.followUnanswered(SESSION_ID, [question]);
  server.log({ runId: question.run_id, sequence: 1, kind: "token", text: "Because" });
  await expect.poll(() => chat.state().runs.get(question.run_id)?.text, eventually).toBe("Because");
  expect(server.seen.subscriptions).toHaveLength(6);
});

it("says of an answer that will never be begun that it failed, and follows it if it is told of after all", async () => {
  const { chat, runs, ended } = open();
  chat.show(SESSION_ID);
  await connected(chat);
  server.control.refuseSubscriptions = Array(5).fill("not_found");
  runs.push(noRun("refused"));
  const question = userMessage(1);
  chat.followUnanswered(SESSION_ID, [question]);
  const run = () => chat.state().runs.get(question.run_id);
  await expect.poll(() => run()?.status, eventually).toBe("failed");
  expect(showFailure(run() ?? {})).toMatchObject({ canAskAgain: true });
  expect(ended).toEqual([SESSION_ID]);
  chat.followUnanswered(SESSION_ID, [question]);
  expect(run()?.status).toBe("failed");
  server.log({ runId: question.run_id, sequence: 1, kind: "token", text: "Because" });
  server.tell({ name: "message:created", payload: { message: question, runId: question.run_id } });
  await expect.poll(() => run()?.text, eventually).toBe("Because");
});

it("gets a new token when the one at hand is refused", async () => {
  server.control.token = "good";
  let token = "bad";
  const { chat } = open({
    freshToken: async () => token,
    refreshToken: async () => {
      token = "good";
      return token;
    },
  });
  await expect.poll(() => chat.state().connection, eventually).toBe("connected");
});

it("uploads a picture once, however often its message is tried", async () => {
  const { chat, uploads } = open();
  await connected(chat);
  server.control.swallowAcks = 1;
  const picture = { bytes: Uint8Array.of(1, 2, 3), contentType: "image/png", width: 4, height: 3 };
  await chat.outbox.add({ sessionId: SESSION_ID, content: "", picture });
  await expect.poll(() => chat.outbox.size(), { timeout: 25_000 }).toBe(0);
  expect(uploads).toEqual(["image/png"]);
  expect(server.stored()[0]?.message).toMatchObject({ type: "image", media_id: expect.any(String) });
}, 30_000);

const approval = (): Approval => ({
  ...{ id: randomUUID(), run_id: randomUUID(), session_id: SESSION_ID },
  ...{ server: "mail", tool: "send_email", risk: "outbound", tainted: true, status: "pending" },
  arguments: '{"to":"ann@example.org"}',
  ...{ created_at: new Date().toISOString(), expires_at: new Date(Date.now() + 60_000).toISOString() },
});
const waiting = (chat: Chat) => [...chat.state().approvals.keys()];

it("shows what waits for approval: also what did before the app began, until it is decided on any device", async () => {
  const [early, late] = [approval(), approval()];
  const { chat, kept } = open();
  kept.waiting.push(early);
  await expect.poll(() => waiting(chat), eventually).toEqual([early.id]);
  server.tell({ name: "approval:requested", payload: late });
  await expect.poll(() => waiting(chat)).toEqual([early.id, late.id]);
  server.tell({ name: "approval:decided", payload: { ...early, status: "refused" } });
  await expect.poll(() => waiting(chat)).toEqual([late.id]);
  expect(await chat.decide(late.id, "approve")).toBeUndefined();
  expect(waiting(chat)).toEqual([]);
  expect(kept.decided).toEqual([`${late.id} approve`]);
});

it("learns what it missed when the connection is back", async () => {
  const { chat, kept } = open();
  await connected(chat);
  const missed = approval();
  server.cut();
  kept.waiting.push(missed);
  await expect.poll(() => waiting(chat), eventually).toEqual([missed.id]);
});

it("asks for what waits when events may have been missed, and again until there is an answer", async () => {
  const { chat, kept } = open();
  await connected(chat);
  const missed = approval();
  kept.waiting.push(missed);
  kept.failedLists = 3;
  server.needSync();
  await expect.poll(() => waiting(chat), eventually).toEqual([missed.id]);
  expect(kept.failedLists).toBe(0);
});

it("says what has become of an approval that came too late, as long as somebody looks", async () => {
  const { chat, kept, decideBy } = open();
  const leave = chat.show(SESSION_ID);
  const [one, other] = [approval(), approval()];
  kept.waiting.push(one, other);
  await expect.poll(() => waiting(chat), eventually).toEqual([one.id, other.id]);
  const shown = (id: string) => chat.state().approvals.get(id);
  const detail = "Nobody decided in time: the call was not made";
  decideBy(async () => {
    server.tell({ name: "approval:decided", payload: { ...one, status: "expired" } });
    server.tell({ name: "approval:decided", payload: { ...other, status: "refused" } });
    await expect.poll(() => shown(other.id)?.status).toBe("refused");
    return { ok: false, problem: { reason: "conflict", detail } };
  });
  expect(await chat.decide(one.id, "approve")).toBeUndefined();
  expect(shown(one.id)?.outcome).toBe(detail);
  server.tell({ name: "approval:decided", payload: { ...one, status: "expired" } });
  await expect.poll(() => shown(one.id)?.status).toBe("expired");
  // A list of what waits doesn't take it away.
  const last = approval();
  kept.waiting = [last];
  server.needSync();
  await expect.poll(() => waiting(chat), eventually).toContain(last.id);
  expect([...waiting(chat)].sort()).toEqual([one.id, other.id, last.id].sort());
  leave();
  expect(waiting(chat)).toEqual([last.id]);
});

it("shows nothing of an approval that was decided before it came", async () => {
  const { chat } = open();
  chat.show(SESSION_ID);
  await connected(chat);
  const [early, late] = [approval(), approval()];
  server.tell({ name: "approval:decided", payload: { ...early, status: "approved" } });
  server.tell({ name: "approval:requested", payload: early });
  server.tell({ name: "approval:requested", payload: late });
  await expect.poll(() => waiting(chat)).toEqual([late.id]);
});

it("sends at the next connection what it could not read at first, or another tab has left", async () => {
  const shared = createMemoryStore();
  let isLocked = true;
  const keys: typeof shared.keys = (prefix) =>
    isLocked ? Promise.reject(new Error("locked")) : shared.keys(prefix);
  server.control.versions = [];
  const first = open({ store: createOutboxStore(shared, "user-1") });
  await first.chat.outbox.add({ sessionId: SESSION_ID, content: "left" });
  first.chat.close();
  server.control.versions = [1];
  const { chat, contents } = open({ store: createOutboxStore({ ...shared, keys }, "user-1") });
  await connected(chat);
  isLocked = false;
  server.cut();
  await expect.poll(contents, eventually).toEqual(["left"]);
});

it("follows the answer to what another device has edited or let answer again", async () => {
  const { chat, contents } = open();
  await connected(chat);
  const message = userMessage(3, { content: "edited" });
  const edit = { kind: "edit", sequence: 3, from: 1, message } as const;
  server.tell({ name: "conversation:changed", payload: { sessionId: SESSION_ID, change: edit } });
  const run_id = randomUUID();
  const again = { kind: "regeneration", sequence: 4, from: 3, message_id: message.id, run_id } as const;
  server.tell({ name: "conversation:changed", payload: { sessionId: SESSION_ID, change: again } });
  await expect.poll(contents).toEqual(["edited", "regeneration"]);
  await expect
    .poll(() => server.seen.subscriptions.map(({ runId }) => runId))
    .toEqual([message.run_id, run_id]);
});

it("shows nothing more of an answer that another device has deleted", async () => {
  const { chat } = open();
  chat.show(SESSION_ID);
  await connected(chat);
  await chat.outbox.add({ sessionId: SESSION_ID, content: "why?" });
  await expect.poll(() => server.seen.subscriptions).toHaveLength(1);
  const { runId } = server.seen.subscriptions[0] as { runId: string };
  const messageId = randomUUID();
  server.log({ runId, sequence: 1, kind: "token", text: "secret" });
  server.log({ runId, sequence: 2, kind: "completed", messageId });
  await expect.poll(() => chat.state().runs.get(runId)?.text).toBe("secret");
  const deletion = { kind: "deletion", sequence: 3, message_id: messageId } as const;
  server.tell({ name: "conversation:changed", payload: { sessionId: SESSION_ID, change: deletion } });
  await expect.poll(() => chat.state().runs.get(runId)?.text).toBe("");
});

it("keeps of what has ended only what is shown and not stored yet", async () => {
  const { chat, ended } = open();
  await connected(chat);
  const runs = () => [...chat.state().runs.values()].map(({ runId, text }) => [runId, text]);
  const [shown, other, failed] = [
    userMessage(1),
    userMessage(1, { session_id: randomUUID() }),
    userMessage(2),
  ];
  const leave = chat.show(SESSION_ID);
  for (const question of [shown, other]) {
    const runId = question.run_id;
    server.tell({ name: "message:created", payload: { message: question, runId } });
    server.log({ runId, sequence: 1, kind: "token", text: "Because" });
    server.log({ runId, sequence: 2, kind: "completed", messageId: randomUUID() });
  }
  await expect.poll(() => ended).toHaveLength(2);
  expect(runs()).toEqual([[shown.run_id, "Because"]]);
  chat.followUnanswered(SESSION_ID, [shown]);
  expect(runs()).toEqual([[shown.run_id, "Because"]]);
  chat.followUnanswered(SESSION_ID, [shown, answerTo(shown, 2)]);
  expect(runs()).toEqual([]);
  chat.followUnanswered(other.session_id, [other]);
  expect(runs()).toEqual([]);
  // Its answer was deleted: it waits for none.
  const before = server.seen.subscriptions.length;
  chat.followUnanswered(SESSION_ID, [shown, failed]);
  server.log({ runId: failed.run_id, sequence: 1, kind: "failed", code: "unavailable", reason: "planted" });
  await expect.poll(() => ended).toHaveLength(3);
  expect(server.seen.subscriptions.slice(before)).toEqual([{ runId: failed.run_id, after: 0 }]);
  expect(runs()).toEqual([[failed.run_id, ""]]);
  // Its answer is among the messages before its end is told.
  const early = userMessage(3);
  server.tell({ name: "message:created", payload: { message: early, runId: early.run_id } });
  await expect.poll(runs).toHaveLength(2);
  chat.followUnanswered(SESSION_ID, [shown, failed, early, answerTo(early, 4)]);
  server.log({ runId: early.run_id, sequence: 1, kind: "completed", messageId: randomUUID() });
  await expect.poll(() => ended).toHaveLength(4);
  expect(runs()).toEqual([[failed.run_id, ""]]);
  leave();
  expect(runs()).toEqual([]);
});

it("discards what waits for a conversation that was deleted elsewhere", async () => {
  const { chat, sessions } = open();
  await connected(chat);
  server.control.swallowAcks = 99;
  await chat.outbox.add({ sessionId: SESSION_ID, content: "hello" });
  await connected(chat);
  await expect.poll(() => chat.state().connection, eventually).toBe("connected");
  server.tell({ name: "session:deleted", payload: { sessionId: SESSION_ID } });
  await expect.poll(() => sessions, eventually).toEqual([SESSION_ID]);
  await expect.poll(() => chat.outbox.size()).toBe(0);
});

it("says that it is outdated, keeps what is written, and sends it when there is a platform for it", async () => {
  server.control.versions = [2];
  const { chat, contents } = open();
  await expect.poll(() => chat.state().connection).toBe("outdated");
  await chat.outbox.add({ sessionId: SESSION_ID, content: "kept" });
  expect(chat.outbox.size()).toBe(1);
  server.control.versions = [1];
  chat.wake();
  await expect.poll(contents, eventually).toEqual(["kept"]);
});

it("leaves to the person what it can't discard on a device that is full", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const store = createOutboxStore(createMemoryStore(), "user-1");
    const uploading = {
      listApprovals: async () => ({ ok: true, data: [] }),
      uploadMedia: () => new Promise(() => {}),
    };
    const { chat, sessions } = open({
      store: { ...store, remove: () => Promise.reject(new Error("disk full")) },
      requests: uploading as unknown as Requests,
    });
    await connected(chat);
    const picture = { bytes: Uint8Array.of(1), contentType: "image/png", width: 1, height: 1 };
    await chat.outbox.add({ sessionId: SESSION_ID, content: "", picture });
    server.tell({ name: "session:deleted", payload: { sessionId: SESSION_ID } });
    await expect.poll(() => sessions, eventually).toEqual([SESSION_ID]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(chat.outbox.size()).toBe(1);
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", note);
  }
});
