import { randomUUID } from "node:crypto";
import { createLogger } from "@mobile-ai-agent/service-kit";
import { eventually } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerAnew } from "./change-conversation.ts";
import { startServer } from "./testing/start-server.ts";

let server: Awaited<ReturnType<typeof startServer>>;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

async function userWithSession(title?: string) {
  const { id: userId, call } = server.user();
  const { body } = await call("POST", "/api/session/create", title === undefined ? {} : { title });
  const id = body.session_id as string;
  const send = async (content: string) =>
    (await call("POST", `/api/message/${id}`, { content })).body.message as { id: string; run_id: string };
  const answer = async (runId: string, content: string) => {
    const { asked = 0 } = (await server.store.runs.get(runId)) ?? {};
    return await server.store.messages.addAnswer({ sessionId: id, userId, runId, asked, content });
  };
  const shown = async () =>
    (await call("GET", `/api/message/${id}`)).body.messages.map(
      ({ content }: { content: string }) => content,
    );
  return { userId, call, id, send, answer, shown };
}

const toldTo = (userId: string) => server.toldTo(userId);
const change = (after: number, more = {}) => ({ client_message_id: randomUUID(), after, ...more });

describe("sessions", () => {
  it("are called after their first message, until somebody calls them something", async () => {
    const { call, id, send, userId } = await userWithSession();
    await send(
      "Why is the sky blue, and not green as grass is, or at least of some other pleasant colour?\nYes?",
    );
    const title = async () => (await call("GET", `/api/session/${id}`)).body.title;
    expect(await title()).toBe("Why is the sky blue, and not green as grass is, or at…");
    await send("another");
    const renamed = await call("PATCH", `/api/session/${id}`, { title: "Colours" });
    expect(renamed).toMatchObject({ status: 200, body: { id, title: "Colours" } });
    await send("one more");
    expect(await title()).toBe("Colours");
    await eventually(() => toldTo(userId).filter((name) => name === "session:changed").length === 3);
    const given = await userWithSession("Given");
    await given.send("hello");
    expect((await given.call("GET", `/api/session/${given.id}`)).body.title).toBe("Given");
  });

  it("are listed page by page", async () => {
    const { call } = server.user();
    for (let count = 0; count < 3; count++) await call("POST", "/api/session/create", { title: `${count}` });
    const first = await call("GET", "/api/session?limit=2");
    const last = await call("GET", `/api/session?limit=2&after=${first.body.next_after}`);
    const titles = [...first.body.sessions, ...last.body.sessions].map(({ title }) => title);
    expect([...titles].sort()).toEqual(["0", "1", "2"]);
    expect(last.body.next_after).toBeNull();
    expect((await call("GET", "/api/session?after=bm9uZQ")).status).toBe(400);
  });

  it("are deleted with all that belongs to them, also what was on its way", async () => {
    const { call, id, send, answer, userId } = await userWithSession();
    const kept = await userWithSession("kept");
    await kept.send("kept");
    const { run_id } = await send("hello");
    await call("PATCH", `/api/context/${id}`, { a: 1 });
    await server.runLog.append({ runId: run_id, sequence: 1, kind: "token", text: "He" });
    expect((await call("DELETE", `/api/session/${id}`)).status).toBe(204);
    expect((await call("GET", `/api/session/${id}`)).status).toBe(404);
    expect((await call("DELETE", `/api/session/${id}`)).status).toBe(404);
    expect(await server.runLog.count([run_id])).toBe(0);
    expect(await answer(run_id, "too late")).toBeUndefined();
    await eventually(() => toldTo(userId).includes("session:deleted"));
    // Whoever looked at the session before its deletion.
    await server.store.messages.addUserMessage({ sessionId: id, userId, type: "text", content: "late" });
    expect(await server.store.deletions.finishBefore(new Date(Date.now() - 60_000))).toBe(0);
    expect(await server.store.deletions.finishBefore(new Date(Date.now() + 1000))).toBe(1);
    for (const name of ["sessions", "session_titles", "messages", "contexts", "runs", "session_deletions"]) {
      const left = await server.db
        .collection(name)
        .countDocuments({ $or: [{ session_id: id }, { _id: id as never }] });
      expect(left, name).toBe(0);
    }
    expect(await kept.shown()).toEqual(["kept"]);
  });
});

describe("messages", () => {
  it("are edited: what followed is superseded, its run ends, another one answers, and devices are told", async () => {
    const { call, id, send, answer, shown, userId } = await userWithSession();
    const first = await send("one");
    await answer(first.run_id, "answer one");
    const second = await send("two");
    const edit = change(3, { content: "one, edited" });
    const edited = await call("POST", `/api/message/${id}/${first.id}/edit`, edit);
    expect(edited).toMatchObject({
      status: 201,
      body: { change: { kind: "edit", sequence: 4, from: 1, message: { content: "one, edited" } } },
    });
    expect(await shown()).toEqual(["one, edited"]);
    expect((await server.store.runs.get(second.run_id))?.cancelRequested).toBe(true);
    const run = await call("GET", `/api/run/${edited.body.run_id}`);
    expect(run.body).toMatchObject({ session_id: id, status: "queued" });
    expect(await answer(second.run_id, "too late")).toBeUndefined();
    // Sent again, it is done once.
    expect(await call("POST", `/api/message/${id}/${first.id}/edit`, edit)).toEqual(edited);
    expect(await shown()).toEqual(["one, edited"]);
    await eventually(() => toldTo(userId).includes("conversation:changed"));
    const versions = await call("GET", `/api/message/${id}/${edited.body.change.message.id}/versions`);
    expect(versions.body.versions).toMatchObject([{ content: "one" }, { content: "one, edited" }]);
  });

  it("are answered anew; answers before can be read", async () => {
    const { call, id, send, answer, shown } = await userWithSession();
    const question = await send("why?");
    await answer(question.run_id, "because");
    const again = await call("POST", `/api/message/${id}/${question.id}/regenerate`, change(2));
    expect(again).toMatchObject({ status: 201, body: { change: { kind: "regeneration", from: 1 } } });
    expect(await shown()).toEqual(["why?"]);
    const stored = await answer(again.body.run_id, "because of that");
    expect(await shown()).toEqual(["why?", "because of that"]);
    const versions = await call("GET", `/api/message/${id}/${stored?.id}/versions`);
    expect(versions.body.versions).toMatchObject([{ content: "because" }, { content: "because of that" }]);
    // The model is shown what counts.
    const history = await server.store.messages.history(id, 20, question.id);
    expect(history?.map(({ content }) => content)).toEqual(["why?"]);
  });

  it("are not superseded by whoever has not seen all of it", async () => {
    const { call, id, send, shown } = await userWithSession();
    const first = await send("one");
    await send("two, of another device");
    const late = await call("POST", `/api/message/${id}/${first.id}/edit`, change(1, { content: "late" }));
    expect(late).toMatchObject({ status: 409, body: { detail: expect.stringContaining("changed since") } });
    expect((await call("POST", `/api/message/${id}/${first.id}/regenerate`, change(1))).status).toBe(409);
    expect(await shown()).toEqual(["one", "two, of another device"]);
    // Two at once: one of them is first.
    const both = ["left", "right"].map((content) =>
      call("POST", `/api/message/${id}/${first.id}/edit`, change(2, { content })),
    );
    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await shown()).toHaveLength(1);
  });

  it("are deleted with their answers and what they were before, for good, once", async () => {
    const { call, id, send, answer, shown } = await userWithSession();
    const first = await send("a secret");
    await answer(first.run_id, "a secret answer");
    const edited = await call(
      "POST",
      `/api/message/${id}/${first.id}/edit`,
      change(2, { content: "secret too" }),
    );
    const { change: edit, run_id } = edited.body;
    await answer(run_id, "still secret");
    await send("no s.");
    const path = `/api/message/${id}/${edit.message.id}`;
    expect((await call("DELETE", path)).status).toBe(204);
    expect((await call("DELETE", path)).status).toBe(204);
    expect(await shown()).toEqual(["no s."]);
    const entries = await server.db.collection("messages").find({ session_id: id }).toArray();
    expect(JSON.stringify(entries)).not.toContain("secret");
    const { changes } = (await call("GET", `/api/message/${id}/changes`)).body;
    expect(changes.map(({ kind }: { kind: string }) => kind)).toEqual([
      "gone",
      "gone",
      "cut",
      "gone",
      "message",
      "deletion",
    ]);
    expect((await call("GET", `${path}/versions`)).status).toBe(404);
  });

  it("are told to be fewer than a device knows, after a restore from a backup", async () => {
    const { call, id, send } = await userWithSession();
    const list = async (after: number) =>
      (await call("GET", `/api/message/${id}/changes?after=${after}`)).body;
    await send("before the backup");
    await send("after the backup");
    expect(await list(2)).toEqual({ changes: [], next_after: null });
    await server.db.collection("messages").deleteOne({ session_id: id, sequence: 2 });
    expect(await list(2)).toEqual({ changes: [], next_after: null, last: 1 });
    expect(await list(1)).toEqual({ changes: [], next_after: null });
    expect((await list(0)).changes).toMatchObject([{ message: { content: "before the backup" } }]);
  });

  it("have to be a person's to be edited, and a text needs words", async () => {
    const { call, id, send, answer } = await userWithSession();
    const question = await send("why?");
    const stored = await answer(question.run_id, "because");
    const ofAnswer = await call(
      "POST",
      `/api/message/${id}/${stored?.id}/edit`,
      change(2, { content: "no" }),
    );
    expect(ofAnswer.status).toBe(404);
    const empty = await call("POST", `/api/message/${id}/${question.id}/edit`, change(2, { content: "" }));
    expect(empty).toMatchObject({ status: 400, body: { errors: [{ path: "content" }] } });
  });

  it("are listed in both directions", async () => {
    const { call, id, send } = await userWithSession();
    for (const content of ["1", "2", "3", "4", "5"]) await send(content);
    const page = async (query: string) => {
      const { body } = await call("GET", `/api/message/${id}?limit=2&${query}`);
      const contents = body.messages.map(({ content }: { content: string }) => content).join();
      return [contents, body.next_after, body.next_before];
    };
    expect(await page("")).toEqual(["1,2", 2, null]);
    expect(await page("after=4")).toEqual(["5", null, null]);
    expect(await page("before=1000")).toEqual(["4,5", null, 4]);
    expect(await page("before=2")).toEqual(["1", null, null]);
  });
});

describe("whoever dies between two steps", () => {
  it("leaves an edit with a run, which the sweep queues", async () => {
    const { id: sessionId, send, userId } = await userWithSession();
    const first = await send("one");
    const edit = { sessionId, userId, messageId: first.id, clientMessageId: randomUUID(), after: 1 };
    const result = await server.store.messages.edit({ ...edit, content: "one, edited" });
    const away = () => Promise.reject(new Error("Redis is away"));
    const dependencies = {
      store: server.store,
      queue: { enqueue: away, wake: away, consume: away },
      cancellations: { publish: away, subscribe: away },
      tell: async () => {},
      logger: createLogger("test", "error"),
    };
    const { run_id } = await answerAnew(dependencies, { sessionId, userId }, result);
    expect(await server.store.runs.get(first.run_id)).toMatchObject({ cancelRequested: true });
    expect(await server.store.runs.get(run_id)).toMatchObject({ status: "queued", cancelRequested: false });
    const swept = await server.store.runs.unfinishedBefore(new Date(Date.now() + 1000), 1000);
    expect(swept.map(({ id }) => id)).toContain(run_id);
  });

  it("has the devices told of a message by its resend", async () => {
    const { call, id: sessionId, userId } = await userWithSession();
    const written = { sessionId, userId, type: "text", content: "hello" } as const;
    const client_message_id = randomUUID();
    await server.store.messages.addUserMessage({ ...written, clientMessageId: client_message_id });
    const path = `/api/message/${sessionId}`;
    const sent = await call("POST", path, { content: "hello", client_message_id });
    expect(sent).toMatchObject({ status: 201, body: { message: { sequence: 1 } } });
    await eventually(() => toldTo(userId).includes("message:created"));
  });
});

describe("a deletion while Redis fails", () => {
  it("is done: devices learn of a message's by the changes, and its run is to end", async () => {
    const { call, id, send } = await userWithSession();
    const { id: message_id, run_id } = await send("a secret");
    const path = `/api/message/${id}/${message_id}`;
    const deleted = await server.whileRedisRefuses(() => call("DELETE", path));
    expect(deleted.status).toBe(204);
    const { changes } = (await call("GET", `/api/message/${id}/changes`)).body;
    expect(changes).toMatchObject([{ kind: "gone" }, { kind: "deletion", message_id }]);
    expect(await server.store.runs.get(run_id)).toMatchObject({ cancelRequested: true });
    // Again, it does what was left.
    await server.runLog.append({ runId: run_id, sequence: 1, kind: "token", text: "a sec" });
    expect((await call("DELETE", path)).status).toBe(204);
    expect(await server.runLog.bounds(run_id)).toBeUndefined();
  });

  it("is done of a session, too", async () => {
    const { call, id, send } = await userWithSession();
    await send("hello");
    const deleted = await server.whileRedisRefuses(() => call("DELETE", `/api/session/${id}`));
    expect(deleted.status).toBe(204);
    expect((await call("GET", `/api/session/${id}`)).status).toBe(404);
  });
});

describe("search", () => {
  it("finds the caller's messages and answers in all sessions, the latest first, page by page", async () => {
    const { id: userId, call } = server.user();
    const contents: string[] = [];
    for (const title of ["one", "two"]) {
      const { body } = await call("POST", "/api/session/create", { title });
      const sent = await call("POST", `/api/message/${body.session_id}`, {
        content: `The ${title} BLUE sky`,
      });
      const { run_id: runId } = sent.body;
      const sessionId = body.session_id;
      const answering = { sessionId, userId, runId, asked: 1 };
      await server.store.messages.addAnswer({ ...answering, content: `blue: ${title}` });
    }
    const stranger = server.user();
    const theirs = await stranger.call("POST", "/api/session/create", {});
    await stranger.call("POST", `/api/message/${theirs.body.session_id}`, { content: "my blue secret" });
    for (let cursor = ""; ; ) {
      const { body } = await call("GET", `/api/messages/search?q=Blue&limit=1${cursor}`);
      contents.push(...body.messages.map(({ snippet }: { snippet: string }) => snippet));
      if (body.next_cursor === null) break;
      cursor = `&cursor=${body.next_cursor}`;
    }
    expect(contents).toEqual(["blue: two", "The two BLUE sky", "blue: one", "The one BLUE sky"]);
    expect((await call("GET", "/api/messages/search?q=blue&cursor=bm9uZQ")).status).toBe(400);
    expect((await call("GET", "/api/messages/search?q=")).status).toBe(400);
    expect(userId).not.toBe(stranger.id);
  });

  it("finds nothing of what is superseded or deleted", async () => {
    const { call, id, send } = await userWithSession();
    const first = await send("needle one");
    await call("POST", `/api/message/${id}/${first.id}/edit`, change(1, { content: "needle two" }));
    const third = await send("needle three");
    await call("DELETE", `/api/message/${id}/${third.id}`);
    const { body } = await call("GET", "/api/messages/search?q=needle");
    expect(body.messages.map(({ snippet }: { snippet: string }) => snippet)).toEqual(["needle two"]);
  });

  it("looks at so many messages in one request, and goes on in the next", async () => {
    const { id: user_id, call } = server.user();
    const { body } = await call("POST", "/api/session/create", {});
    const documents = Array.from({ length: 1100 }, (_, index) => ({
      ...{ _id: randomUUID() as never, session_id: body.session_id, sequence: index + 1, user_id },
      ...{ identity: `run:${index}`, role: "user", type: "text", run_id: randomUUID() },
      ...{ content: index === 0 ? "a needle" : "hay", created_at: new Date(1.7e12 + index) },
    }));
    await server.db.collection("messages").insertMany(documents);
    const pages = [];
    for (let cursor = ""; ; ) {
      const page = (await call("GET", `/api/messages/search?q=needle${cursor}`)).body;
      pages.push(page.messages.length);
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(pages).toEqual([0, 1]);
  });
});
