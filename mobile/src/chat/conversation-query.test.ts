import type { Change, ConversationView } from "@mobile-ai-agent/contracts";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, it } from "vitest";
import { answerTo, SESSION_ID, userMessage } from "../testing/messages.ts";
import { askAnew, conversationQuery, messagesKey, takeChange } from "./conversation-query.ts";
import type { Snapshots } from "./snapshots.ts";

const question = userMessage(1);
const messages = [question, answerTo(question, 2), userMessage(3)];
const [first, second, third] = messages.map(
  (message): Change => ({ kind: "message", sequence: message.sequence, message }),
) as [Change, Change, Change];

/** Answers in the order of the requests, each with what the log has when it is asked. */
let log: Change[];
let answers: (() => void)[];
let queries: QueryClient;
let stop = () => {};
beforeEach(() => {
  log = [first];
  answers = [];
  queries = new QueryClient();
});
afterEach(() => stop());

const requests = {
  listChanges(_: string, after: number) {
    const changes = log.filter(({ sequence }) => sequence > after);
    const data = { changes, restored: after > log.length };
    return new Promise<{ ok: true; data: typeof data }>((resolve) =>
      answers.push(() => resolve({ ok: true, data })),
    );
  },
};
const shown = () => queries.getQueryData<ConversationView>(messagesKey(SESSION_ID))?.messages;

async function answer(): Promise<void> {
  await expect.poll(() => answers.length).toBeGreaterThan(0);
  for (const give of answers.splice(0)) give();
}

function show(snapshots?: Snapshots): void {
  const query = conversationQuery({ queries, requests, snapshots }, SESSION_ID);
  stop = new QueryObserver(queries, query).subscribe(() => {});
}

it("learns of a change that comes while the first answer is under way", async () => {
  show();
  await expect.poll(() => answers.length).toBe(1);
  log.push(second);
  takeChange(queries, SESSION_ID, second);
  await expect.poll(() => answers.length).toBe(2);
  await answer();
  await expect.poll(shown).toEqual(messages.slice(0, 2));
});

it("learns of an answer whose run ends while the first answer is under way", async () => {
  show();
  await expect.poll(() => answers.length).toBe(1);
  log.push(second);
  void askAnew(queries, messagesKey(SESSION_ID));
  await expect.poll(() => answers.length).toBe(2);
  await answer();
  await expect.poll(shown).toEqual(messages.slice(0, 2));
});

it("keeps what is told between an answer and its place in the cache, and while the snapshot is written", async () => {
  let written = 0;
  const keepConversation = () => {
    written += 1;
    if (written < 2) return new Promise<void>(() => {});
    takeChange(queries, SESSION_ID, third);
    return Promise.reject(new Error("disk full"));
  };
  show({ conversation: async () => undefined, keepConversation } as unknown as Snapshots);
  await answer();
  await expect.poll(shown).toEqual(messages.slice(0, 1));
  log.push(second);
  void askAnew(queries, messagesKey(SESSION_ID));
  await answer();
  await expect.poll(() => written).toBe(2);
  await expect.poll(shown).toEqual(messages);
  expect(queries.getQueryState(messagesKey(SESSION_ID))?.status).toBe("success");
});

it("asks for what a gap tells of", async () => {
  show();
  await answer();
  await expect.poll(shown).toEqual(messages.slice(0, 1));
  log.push(second, third);
  takeChange(queries, SESSION_ID, third);
  await answer();
  await expect.poll(shown).toEqual(messages);
});

it("shows the shorter log of a platform that was restored, and goes on from there", async () => {
  log.push(second);
  show();
  await answer();
  await expect.poll(shown).toEqual(messages.slice(0, 2));
  log.pop();
  void askAnew(queries, messagesKey(SESSION_ID));
  await answer();
  await answer();
  await expect.poll(shown).toEqual(messages.slice(0, 1));
  const other = userMessage(2);
  takeChange(queries, SESSION_ID, { kind: "message", sequence: 2, message: other });
  expect(shown()).toEqual([question, other]);
});
