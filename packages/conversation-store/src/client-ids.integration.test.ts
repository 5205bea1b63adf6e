import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClientIdTaken } from "./client-ids.ts";
import type { ConversationStore } from "./conversation-store.ts";
import { startStore } from "./testing/start-store.ts";

let started: Awaited<ReturnType<typeof startStore>>;
let store: ConversationStore;

beforeAll(async () => {
  started = await startStore();
  ({ store } = started);
});
afterAll(() => started?.stop());

/** A session with two messages, and what can be done in it under a client id. */
async function session() {
  const place = { sessionId: randomUUID(), userId: randomUUID() };
  const send = async (content: string, clientMessageId: string) =>
    (await store.messages.addUserMessage({ ...place, type: "text", content, clientMessageId })).message;
  const ids = { first: randomUUID(), second: randomUUID() };
  const first = await send("one", ids.first);
  const second = await send("two", ids.second);
  const last = async () => (await store.messages.changes(place.sessionId, { after: 0, limit: 1 })).last;
  const edit = async (messageId: string, content: string, clientMessageId: string, after?: number) =>
    await store.messages.edit({
      ...{ ...place, messageId, content, clientMessageId },
      after: after ?? (await last()),
    });
  const regenerate = async (messageId: string, clientMessageId: string, after?: number) =>
    await store.messages.regenerate({ ...place, messageId, clientMessageId, after: after ?? (await last()) });
  const shown = async () =>
    (await store.messages.list(place.sessionId, { limit: 100 })).map(({ content }) => content);
  return { ids, first, second, send, edit, regenerate, last, shown };
}

describe("a client id of something else", () => {
  it.each(["the message itself", "another message"])("edits nothing: that of %s", async (whose) => {
    const { ids, first, second, edit, shown, last } = await session();
    const target = whose === "another message" ? first : second;
    await expect(edit(target.id, "edited", ids.second)).rejects.toThrow(ClientIdTaken);
    expect(await shown()).toEqual(["one", "two"]);
    expect(await last()).toBe(2);
  });

  it("edits nothing: that of an edit of another message", async () => {
    const { first, second, edit, shown } = await session();
    const id = randomUUID();
    expect(await edit(second.id, "two, edited", id)).toMatchObject({ outcome: "changed" });
    await expect(edit(first.id, "one, edited", id)).rejects.toThrow(ClientIdTaken);
    expect(await shown()).toEqual(["one", "two, edited"]);
  });

  it("has nothing answered anew: that of an edit, a message, or a regeneration for another message", async () => {
    const { ids, first, second, edit, regenerate, last } = await session();
    const [ofEdit, ofRegeneration] = [randomUUID(), randomUUID()];
    expect(await regenerate(second.id, ofRegeneration)).toMatchObject({ outcome: "changed" });
    await edit(second.id, "two, edited", ofEdit);
    for (const id of [ofEdit, ofRegeneration, ids.first])
      await expect(regenerate(first.id, id)).rejects.toThrow(ClientIdTaken);
    expect(await last()).toBe(4);
  });

  it("sends nothing: that of an edit or a regeneration", async () => {
    const { second, send, edit, regenerate, last } = await session();
    const [ofEdit, ofRegeneration] = [randomUUID(), randomUUID()];
    await regenerate(second.id, ofRegeneration);
    await edit(second.id, "two, edited", ofEdit);
    for (const id of [ofEdit, ofRegeneration]) await expect(send("three", id)).rejects.toThrow(ClientIdTaken);
    expect(await last()).toBe(4);
  });

  it("lets one of two different acts at once be done", async () => {
    const { first, edit, regenerate, last } = await session();
    const id = randomUUID();
    const done = await Promise.allSettled([edit(first.id, "edited", id, 2), regenerate(first.id, id, 2)]);
    expect(done.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await last()).toBe(3);
  });
});

describe("a resend", () => {
  it("is answered with what was stored first, whatever it says", async () => {
    const { ids, first, second, send, edit, regenerate, last } = await session();
    expect(await send("one, again", ids.first)).toEqual(first);
    const [ofRegeneration, ofEdit] = [randomUUID(), randomUUID()];
    const regenerated = await regenerate(second.id, ofRegeneration);
    expect(await regenerate(second.id, ofRegeneration)).toEqual(regenerated);
    const edited = await edit(second.id, "two, edited", ofEdit);
    expect(await edit(second.id, "two, edited otherwise", ofEdit)).toEqual(edited);
    // Also by who knows less or more by now.
    for (const after of [0, 1e9])
      expect(await edit(second.id, "", ofEdit, after)).toEqual({ outcome: "empty" });
    for (const after of [0, 1e9]) expect(await edit(second.id, "two", ofEdit, after)).toEqual(edited);
    expect(await last()).toBe(4);
  });
});

describe("who names a change that there is not", () => {
  it("has not seen what there is, and changes nothing", async () => {
    const { first, second, edit, regenerate, shown } = await session();
    for (const after of [3, 1e9, Number.MAX_SAFE_INTEGER]) {
      expect(await edit(first.id, "edited", randomUUID(), after)).toEqual({ outcome: "conflict" });
      expect(await regenerate(first.id, randomUUID(), after)).toEqual({ outcome: "conflict" });
    }
    expect(await shown()).toEqual(["one", "two"]);
    expect(await edit(second.id, "two, edited", randomUUID(), 2)).toMatchObject({ outcome: "changed" });
  });
});
