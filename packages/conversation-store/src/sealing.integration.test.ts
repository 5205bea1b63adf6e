import { randomUUID } from "node:crypto";
import type { Db } from "mongodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ConversationStore } from "./conversation-store.ts";
import { entryId } from "./session-entries.ts";
import { startStore } from "./testing/start-store.ts";

const MARKER = "Zanzibar";
let started: Awaited<ReturnType<typeof startStore>>;
let db: Db;
let store: ConversationStore;

beforeAll(async () => {
  started = await startStore();
  ({ db, store } = started);
});
afterAll(() => started?.stop());

const collection = (name: string) => db.collection<{ _id: string; [field: string]: unknown }>(name);

/** A user with a session that has a context, a message, its run with a step, and the answer. */
async function converse(text = MARKER) {
  const userId = randomUUID();
  const deviceInfo = { name: text };
  const { session } = await store.sessions.create({ userId, title: text, deviceInfo });
  const owned = { sessionId: session.id, userId };
  await store.contexts.update(owned, { note: text });
  const { message, runId } = await store.messages.addUserMessage({ ...owned, type: "text", content: text });
  await store.runs.create({ ...owned, runId, messageId: message.id, asked: message.sequence });
  const step = { text, calls: [{ id: "1", name: "a", arguments: text }], results: [text] };
  await store.runs.addStep({ ...owned, id: runId }, step);
  await store.runs.addStep({ ...owned, id: runId }, step);
  const answer = await store.messages.addAnswer({ ...owned, runId, asked: message.sequence, content: text });
  if (answer === undefined) throw new Error("the run answers nothing");
  return { ...owned, runId, session, message, answer, step };
}

it("stores nothing that was said in clear, and gives all of it back", async () => {
  const { sessionId, userId, runId, session, message, answer, step } = await converse();
  for (const { name } of await db.listCollections().toArray()) {
    for await (const raw of collection(name).find({}, { raw: true })) {
      expect((raw as unknown as Buffer).includes(MARKER), name).toBe(false);
    }
  }
  expect(session.title).toBe(MARKER);
  expect((await store.sessions.list(userId, { limit: 9 }))?.sessions).toEqual([session]);
  expect((await store.contexts.get({ sessionId, userId })).context).toEqual({ note: MARKER });
  expect(await store.messages.list(sessionId, { limit: 10 })).toEqual([message, answer]);
  expect(await store.messages.answerOf(runId)).toEqual(answer);
  expect((await store.runs.progressOf({ id: runId, userId })).steps).toEqual([step, step]);
});

it("searches what it has sealed, in any case and to the limit, the latest first", async () => {
  const { sessionId, userId } = await converse("first");
  const say = (content: string) =>
    store.messages.addUserMessage({ sessionId, userId, type: "text", content });
  for (let n = 0; n < 250; n++) await say(n % 100 === 0 ? `Tea (no ${n}).` : `word ${n}`);
  const search = async (text: string, limit = 10) =>
    (await store.messages.search(sessionId, { text, limit })).map(({ content }) => content);
  expect(await search("tea (NO")).toEqual(["Tea (no 200).", "Tea (no 100).", "Tea (no 0)."]);
  expect(await search("tea", 2)).toEqual(["Tea (no 200).", "Tea (no 100)."]);
  expect(await search("t.a")).toEqual([]);
});

it("refuses what was moved to another message, session, version or user", async () => {
  const [one, two] = [await converse(), await converse()];
  const changed = { code: "content_changed" };
  const content = (await collection("messages").findOne({ _id: one.message.id }))?.content;
  await collection("messages").updateOne({ _id: one.answer?.id }, { $set: { content } });
  await expect(store.messages.list(one.sessionId, { limit: 10 })).rejects.toMatchObject(changed);
  const place = { _id: entryId(two.sessionId, 3), session_id: two.sessionId, sequence: 3, run_id: "moved" };
  const document = await collection("messages").findOne({ _id: one.message.id });
  await collection("messages").insertOne({ ...document, ...place });
  await expect(store.messages.list(two.sessionId, { after: 2, limit: 1 })).rejects.toMatchObject(changed);
  const title = (await collection("sessions").findOne({ _id: one.sessionId }))?.title;
  await collection("sessions").updateOne({ _id: two.sessionId }, { $set: { title } });
  await expect(store.sessions.get(two.sessionId, two.userId)).rejects.toMatchObject(changed);
  await collection("sessions").updateOne({ _id: one.sessionId }, { $set: { user_id: two.userId } });
  await expect(store.sessions.get(one.sessionId, two.userId)).rejects.toMatchObject(changed);
  await collection("contexts").updateOne({ session_id: one.sessionId }, { $set: { version: 2 } });
  await expect(store.contexts.get(one)).rejects.toMatchObject(changed);
  await expect(store.runs.progressOf({ id: one.runId, userId: two.userId })).rejects.toMatchObject(changed);
});

it("reads what was stored before there was a cipher, and goes on with it", async () => {
  const [sessionId, userId, runId] = [randomUUID(), randomUUID(), randomUUID()];
  const now = new Date();
  const dates = { created_at: now, updated_at: now };
  await collection("sessions").insertOne({
    ...{ _id: sessionId, user_id: userId, title: "Old", token_hash: "x", device_info: "{}", ...dates },
  });
  await collection("contexts").insertOne({
    ...{ _id: randomUUID(), session_id: sessionId, version: 1, context: '{"a":1}', created_at: now },
  });
  const message = { session_id: sessionId, type: "text", run_id: runId, created_at: now };
  await collection("messages").insertMany([
    {
      ...message,
      _id: entryId(sessionId, 1),
      sequence: 1,
      identity: "1",
      role: "user",
      user_id: userId,
      content: "Hi",
    },
    {
      ...message,
      _id: entryId(sessionId, 2),
      sequence: 2,
      identity: "2",
      role: "assistant",
      content: "Hello",
    },
  ]);
  const step = { text: "", calls: [], results: ["old"] };
  await collection("runs").insertOne({ ...{ _id: runId, user_id: userId, steps: [step] }, ...dates });
  expect((await store.sessions.get(sessionId, userId))?.title).toBe("Old");
  const update = await store.contexts.update({ sessionId, userId }, { b: 2 });
  expect(update).toMatchObject({ context: { version: 2, context: { a: 1, b: 2 } } });
  expect((await store.messages.list(sessionId, { limit: 9 })).map(({ content }) => content)).toEqual([
    "Hi",
    "Hello",
  ]);
  expect(await store.messages.search(sessionId, { text: "hell", limit: 9 })).toHaveLength(1);
  await store.runs.addStep({ id: runId, sessionId, userId }, step);
  expect((await store.runs.progressOf({ id: runId, userId })).steps).toEqual([step, step]);
});
