import { randomUUID } from "node:crypto";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startServer } from "./testing/start-server.ts";

let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

/** A user with two messages in a session. */
async function conversation() {
  const { id: userId, call } = server.user();
  const { body } = await call("POST", "/api/session/create", { title: "given" });
  const path = `/api/message/${body.session_id}`;
  const send = async (content: string, client_message_id: string) =>
    await call("POST", path, { content, client_message_id });
  const ids = [randomUUID(), randomUUID()] as const;
  const first = (await send("one", ids[0])).body.message as { id: string; run_id: string };
  const second = (await send("two", ids[1])).body.message as { id: string };
  const edit = async (id: string, client_message_id: string, after = 2) =>
    await call("POST", `${path}/${id}/edit`, { content: "edited", client_message_id, after });
  const regenerate = async (id: string, client_message_id: string, after = 2) =>
    await call("POST", `${path}/${id}/regenerate`, { client_message_id, after });
  const shown = async () =>
    (await call("GET", path)).body.messages.map(({ content }: { content: string }) => content);
  const toldOf = () => server.toldTo(userId);
  return { ids, first, second, send, edit, regenerate, shown, toldOf };
}

const TAKEN = { status: 409, body: { detail: expect.stringContaining("something else") } };

it("refuses whatever comes under the client id of something else, and tells nobody of it", async () => {
  const { ids, first, second, send, edit, regenerate, shown, toldOf } = await conversation();
  expect(await edit(second.id, ids[1])).toMatchObject(TAKEN);
  expect(await regenerate(second.id, ids[1])).toMatchObject(TAKEN);
  const [ofRegeneration, ofEdit] = [randomUUID(), randomUUID()];
  expect((await regenerate(second.id, ofRegeneration)).status).toBe(201);
  expect(await regenerate(first.id, ofRegeneration, 3)).toMatchObject(TAKEN);
  expect((await edit(second.id, ofEdit, 3)).status).toBe(201);
  expect(await edit(first.id, ofEdit, 4)).toMatchObject(TAKEN);
  for (const id of [ofRegeneration, ofEdit]) expect(await send("three", id)).toMatchObject(TAKEN);
  expect(await shown()).toEqual(["one", "edited"]);
  expect((await server.store.runs.get(first.run_id))?.cancelRequested).toBe(false);
  // Events come in order, so nothing else can come before the last one.
  expect((await send("three", randomUUID())).status).toBe(201);
  await eventually(() => toldOf().filter((name) => name === "message:created").length === 3);
  expect(toldOf().slice(-5)).toEqual([
    ...["message:created", "message:created", "conversation:changed", "conversation:changed"],
    "message:created",
  ]);
});

it("answers a resend with the first one, whatever it says", async () => {
  const { ids, first, second, send, edit, shown } = await conversation();
  expect((await send("one, otherwise", ids[0])).body.message).toEqual(first);
  const id = randomUUID();
  const edited = await edit(second.id, id);
  expect(await edit(second.id, id)).toEqual(edited);
  expect(await edit(second.id, id, 1e9)).toEqual(edited);
  expect(await shown()).toEqual(["one", "edited"]);
});

it("lets nobody supersede what they have not seen by naming a change that there is not", async () => {
  const { first, second, edit, regenerate, shown } = await conversation();
  const stale = { status: 409, body: { detail: expect.stringContaining("changed since") } };
  for (const after of [3, 1e9]) {
    expect(await edit(first.id, randomUUID(), after)).toMatchObject(stale);
    expect(await regenerate(first.id, randomUUID(), after)).toMatchObject(stale);
  }
  expect(await shown()).toEqual(["one", "two"]);
  expect((await edit(second.id, randomUUID(), 2)).status).toBe(201);
});
