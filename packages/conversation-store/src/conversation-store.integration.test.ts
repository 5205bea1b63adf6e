import { randomUUID } from "node:crypto";
import { testCipher } from "@mobile-ai-agent/test-support";
import type { Db } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConversationStore, createConversationStore } from "./conversation-store.ts";
import { startStore } from "./testing/start-store.ts";

let started: Awaited<ReturnType<typeof startStore>>;
let db: Db;
let store: ConversationStore;

beforeAll(async () => {
  started = await startStore();
  ({ db, store } = started);
  await store.createIndexes();
});
afterAll(() => started?.stop());

const text = (overrides: { sessionId: string; content?: string; clientMessageId?: string }) =>
  store.messages.addUserMessage({ userId: randomUUID(), type: "text", content: "hello", ...overrides });

const oneTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe("messages", () => {
  it("gives 20 parallel writers of a session the numbers 1 to 20, without gaps", async () => {
    const sessionId = randomUUID();
    const stored = await Promise.all(oneTo(20).map((number) => text({ sessionId, content: `${number}` })));
    expect(stored.map(({ message }) => message.sequence).sort((a, b) => a - b)).toEqual(oneTo(20));
    const listed = await store.messages.list(sessionId, { after: 0, limit: 100 });
    expect(listed.map(({ sequence }) => sequence)).toEqual(oneTo(20));
    expect(new Set(listed.map(({ content }) => content)).size).toBe(20);
  });

  it("stores a message that is sent ten times at once only once", async () => {
    const sessionId = randomUUID();
    const clientMessageId = randomUUID();
    const stored = await Promise.all(oneTo(10).map(() => text({ sessionId, clientMessageId })));
    expect(stored.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(stored.map(({ runId }) => runId)).size).toBe(1);
    expect(await store.messages.list(sessionId, { after: 0, limit: 10 })).toEqual([stored[0]?.message]);
  });

  it("finds a user's message by its client id, in its session only, with the media that it shows", async () => {
    const [sessionId, clientMessageId, mediaId] = [randomUUID(), randomUUID(), randomUUID()];
    const shown = { userId: randomUUID(), type: "image", content: "", mediaId } as const;
    const { message } = await store.messages.addUserMessage({ sessionId, clientMessageId, ...shown });
    expect(message).toMatchObject({ type: "image", content: "", media_id: mediaId });
    expect(await store.messages.findUserMessage(sessionId, clientMessageId)).toEqual(message);
    expect(await store.messages.findUserMessage(sessionId, randomUUID())).toBeUndefined();
    expect(await store.messages.findUserMessage(randomUUID(), clientMessageId)).toBeUndefined();
    expect(await store.messages.list(sessionId, { after: 0, limit: 10 })).toEqual([message]);
  });

  it("lets two sessions have the same client id", async () => {
    const clientMessageId = randomUUID();
    const first = await text({ sessionId: randomUUID(), clientMessageId });
    const second = await text({ sessionId: randomUUID(), clientMessageId });
    expect([first.created, second.created]).toEqual([true, true]);
    expect(second.runId).not.toBe(first.runId);
  });

  it("stores one answer a run, after the message that asked", async () => {
    const [sessionId, userId] = [randomUUID(), randomUUID()];
    const { message, runId } = await text({ sessionId });
    expect(await store.messages.answerOf(runId)).toBeUndefined();
    const answers = await Promise.all(
      oneTo(3).map((number) =>
        store.messages.addAnswer({ sessionId, userId, runId, asked: 1, content: `answer ${number}` }),
      ),
    );
    expect(new Set(answers.map((answer) => answer?.id)).size).toBe(1);
    expect(await store.messages.answerOf(runId)).toEqual(answers[0]);
    expect(await store.messages.list(sessionId, { after: 0, limit: 10 })).toEqual([message, answers[0]]);
    expect(answers[0]).toMatchObject({ sequence: 2, role: "assistant", run_id: runId });
  });

  it("lists behind a number, ahead of one, and those that a message ends, oldest first", async () => {
    const sessionId = randomUUID();
    const sent = [];
    for (const number of oneTo(5)) sent.push(await text({ sessionId, content: `${number}` }));
    const contents = (list: { content: string }[] = []) => list.map(({ content }) => content).join();
    expect(contents(await store.messages.list(sessionId, { after: 1, limit: 2 }))).toBe("2,3");
    expect(contents(await store.messages.list(sessionId, { before: 5, limit: 2 }))).toBe("3,4");
    expect(contents(await store.messages.list(sessionId, { after: 2, before: 1e9, limit: 9 }))).toBe("3,4,5");
    const fourth = sent[3]?.message.id ?? "";
    expect(contents(await store.messages.history(sessionId, 2, fourth))).toBe("3,4");
    expect(await store.messages.history(sessionId, 2, randomUUID())).toBeUndefined();
  });
});

describe("what a process knows of a session", () => {
  /** As another replica, which knows nothing yet. */
  const other = () => createConversationStore(db, testCipher(db));

  it("goes on with what others added, in any number", async () => {
    const sessionId = randomUUID();
    const theirs = other();
    for (const add of [1, 2, 7, 40]) {
      await text({ sessionId });
      for (const number of oneTo(add)) {
        const message = { sessionId, userId: randomUUID(), type: "text", content: `${number}` } as const;
        await theirs.messages.addUserMessage(message);
      }
    }
    const { message } = await text({ sessionId });
    expect(message.sequence).toBe(4 + 50 + 1);
    const listed = await other().messages.list(sessionId, { limit: 100 });
    expect(listed.map(({ sequence }) => sequence)).toEqual(oneTo(55));
  });

  it("takes notice of changes that others made", async () => {
    const sessionId = randomUUID();
    const sent = [];
    for (const number of oneTo(6)) sent.push((await text({ sessionId, content: `${number}` })).message);
    const shown = async (store: ConversationStore) =>
      (await store.messages.list(sessionId, { limit: 100 })).map(({ content }) => content).join();
    expect(await shown(store)).toBe("1,2,3,4,5,6");
    const theirs = other();
    await theirs.messages.remove(sessionId, sent[1]?.id ?? "");
    expect(await shown(store)).toBe("1,3,4,5,6");
    await text({ sessionId, content: "7" });
    await theirs.messages.remove(sessionId, sent[4]?.id ?? "");
    for (const replica of [store, theirs, other()]) expect(await shown(replica)).toBe("1,3,4,6,7");
  });

  it("is nothing once the session is gone", async () => {
    const sessionId = randomUUID();
    for (const _ of oneTo(3)) await text({ sessionId });
    await other().messages.removeAll(sessionId);
    expect(await store.messages.list(sessionId, { limit: 100 })).toEqual([]);
    expect((await text({ sessionId })).message.sequence).toBe(1);
  });
});

describe("contexts", () => {
  it("loses none of ten parallel updates", async () => {
    const session = { sessionId: randomUUID(), userId: randomUUID() };
    await Promise.all(
      oneTo(10).map((number) => store.contexts.update(session, { [`key${number}`]: number })),
    );
    const { version, context } = await store.contexts.get(session);
    expect(version).toBe(10);
    expect(Object.keys(context)).toHaveLength(10);
  });

  it("changes nothing when another version is expected", async () => {
    const session = { sessionId: randomUUID(), userId: randomUUID() };
    const first = await store.contexts.update(session, { a: 1 }, 0);
    expect(first).toEqual({
      outcome: "updated",
      context: { session_id: session.sessionId, version: 1, context: { a: 1 } },
    });
    expect(await store.contexts.update(session, { a: 2 }, 0)).toEqual({ outcome: "conflict" });
    expect((await store.contexts.get(session)).context).toEqual({ a: 1 });
  });

  it("keeps keys that mean something to a database", async () => {
    const session = { sessionId: randomUUID(), userId: randomUUID() };
    const context = JSON.parse('{"$set": {"a.b": 1}, "__proto__": {"x": 1}, "": 0}');
    await store.contexts.update(session, context);
    expect(JSON.stringify((await store.contexts.get(session)).context)).toBe(JSON.stringify(context));
  });

  it("refuses to grow beyond its limit", async () => {
    const session = { sessionId: randomUUID(), userId: randomUUID() };
    expect(await store.contexts.update(session, { a: "x".repeat(70_000) })).toEqual({
      outcome: "too_large",
    });
    expect((await store.contexts.get(session)).version).toBe(0);
  });
});

describe("sessions", () => {
  /** All pages of a user's sessions. */
  async function pageOf(userId: string, limit = 50) {
    const pages = [];
    for (let after: string | undefined; ; ) {
      const page = await store.sessions.list(userId, { after, limit });
      if (page === undefined) throw new Error("the cursor was refused");
      pages.push(page);
      if (page.next === undefined) return pages;
      after = page.next;
    }
  }

  it("gives each session on one page, also those that were used at the same moment", async () => {
    const userId = randomUUID();
    const made = await Promise.all(oneTo(7).map(() => store.sessions.create({ userId })));
    const pages = await pageOf(userId, 3);
    expect(pages.map(({ sessions }) => sessions.length)).toEqual([3, 3, 1]);
    const ids = pages.flatMap(({ sessions }) => sessions.map(({ id }) => id));
    expect([...ids].sort()).toEqual(made.map(({ session }) => session.id).sort());
    expect(await store.sessions.list(userId, { after: "bm9uZQ", limit: 3 })).toBeUndefined();
  });

  it("calls a session as its user chose, else after its first message, whoever is faster", async () => {
    const userId = randomUUID();
    const { session } = await store.sessions.create({ userId });
    const titleNow = async () => (await store.sessions.get(session.id, userId))?.title;
    await Promise.all(
      oneTo(5).map((n) =>
        store.sessions.setAutomaticTitle({ sessionId: session.id, userId }, `automatic ${n}`),
      ),
    );
    expect(await titleNow()).toMatch(/^automatic/);
    await Promise.all([
      store.sessions.rename({ sessionId: session.id, userId }, "chosen"),
      store.sessions.setAutomaticTitle({ sessionId: session.id, userId }, "late"),
      ...oneTo(5).map(() => store.sessions.touch(session.id)),
    ]);
    expect(await titleNow()).toBe("chosen");
    await store.sessions.setAutomaticTitle({ sessionId: session.id, userId }, "later");
    await store.sessions.rename({ sessionId: session.id, userId }, "chosen again");
    expect(await titleNow()).toBe("chosen again");
    const named = await store.sessions.create({ userId, title: "given" });
    await store.sessions.setAutomaticTitle({ sessionId: named.session.id, userId }, "automatic");
    expect((await store.sessions.get(named.session.id, userId))?.title).toBe("given");
  });

  it("shows a session to its user only, and keeps no token", async () => {
    const [userId, stranger] = [randomUUID(), randomUUID()];
    const { session, token } = await store.sessions.create({ userId, title: "Trip" });
    expect(await store.sessions.get(session.id, userId)).toEqual(session);
    expect(await store.sessions.get(session.id, stranger)).toBeUndefined();
    expect(await store.sessions.list(stranger, { limit: 9 })).toEqual({ sessions: [], next: undefined });
    expect(await store.sessions.matchesToken(session.id, token)).toBe(true);
    expect(await store.sessions.matchesToken(session.id, `${token}x`)).toBe(false);
    const document = await db.collection<{ _id: string }>("sessions").findOne({ _id: session.id });
    expect(JSON.stringify(document)).not.toContain(token);
  });

  it("takes whatever names a device gives to what it tells", async () => {
    const deviceInfo = { "os.version": "15", $set: "a", "a\0": "b", "": "c" };
    const { session } = await store.sessions.create({ userId: randomUUID(), deviceInfo });
    expect(session.title).toBe("");
  });

  it("lists the last used first", async () => {
    const userId = randomUUID();
    const first = await store.sessions.create({ userId });
    const second = await store.sessions.create({ userId });
    await store.sessions.touch(second.session.id);
    await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(second.session.updated_at) + 2);
    await store.sessions.touch(first.session.id);
    const [one] = await pageOf(userId);
    expect(one?.sessions.map(({ id }) => id)).toEqual([first.session.id, second.session.id]);
  });
});

describe("runs", () => {
  const newRun = () => ({
    runId: randomUUID(),
    sessionId: randomUUID(),
    userId: randomUUID(),
    messageId: randomUUID(),
    asked: 1,
  });

  it("leaves a run that exists as it is", async () => {
    const run = newRun();
    expect(await store.runs.create(run)).toMatchObject({
      id: run.runId,
      userId: run.userId,
      status: "queued",
    });
    await store.runs.setStatus(run.runId, "completed");
    expect((await store.runs.create(run)).status).toBe("completed");
    expect((await store.runs.get(run.runId))?.status).toBe("completed");
  });

  it("finds the unfinished ones before a date", async () => {
    const [queued, running, done] = [newRun(), newRun(), newRun()];
    for (const run of [queued, running, done]) await store.runs.create(run);
    await store.runs.setStatus(running.runId, "running");
    await store.runs.setStatus(done.runId, "failed");
    const ids = (await store.runs.unfinishedBefore(new Date(Date.now() + 1000), 100)).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining([queued.runId, running.runId]));
    expect(ids).not.toContain(done.runId);
    expect(await store.runs.unfinishedBefore(new Date(Date.now() - 60_000), 100)).toEqual([]);
  });
});
