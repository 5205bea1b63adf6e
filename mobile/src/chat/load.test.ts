import { type Change, type ConversationView, EMPTY_VIEW, takeChanges } from "@mobile-ai-agent/contracts";
import { beforeEach, expect, it } from "vitest";
import type { ApiProblem } from "../api/result.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { answerTo, SESSION_ID, userMessage } from "../testing/messages.ts";
import { furthest, loadConversation, loadSessions } from "./load.ts";
import { createSnapshots } from "./snapshots.ts";

const question = userMessage(1);
const stored = [question, answerTo(question, 2), userMessage(3)];
const complete = stored.map((message): Change => {
  return { kind: "message", sequence: message.sequence, message };
});
const all: ConversationView = { upTo: 3, messages: stored, ahead: [] };
const SESSION = {
  id: SESSION_ID,
  title: "Sky",
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
};

let problem: ApiProblem | undefined;
let asked: number[] = [];
let log = complete;
let store: BlobStore;
beforeEach(() => {
  problem = undefined;
  asked = [];
  log = complete;
  store = createMemoryStore();
});

const platform = {
  async listChanges(_: string, after: number) {
    asked.push(after);
    if (problem) return { ok: false as const, problem };
    const changes = log.filter(({ sequence }) => sequence > after);
    return { ok: true as const, data: { changes, restored: after > log.length } };
  },
  async listSessions() {
    return problem ? { ok: false as const, problem } : { ok: true as const, data: [SESSION] };
  },
};
const load = (known?: ConversationView, userId = "user-1") =>
  loadConversation(platform, createSnapshots(store, userId), SESSION_ID, () => known);
const OFFLINE: ApiProblem = { reason: "offline", detail: "no connection" };

it("asks only for what is missing", async () => {
  expect(await load(takeChanges(EMPTY_VIEW, log.slice(0, 2)))).toEqual({ ok: true, data: all });
  expect(asked).toEqual([2]);
});

it("shows offline what it read before, and asks after it once it is back", async () => {
  await load();
  await loadSessions(platform, createSnapshots(store, "user-1"));
  problem = OFFLINE;
  expect(await load()).toEqual({ ok: true, data: all });
  expect(await loadSessions(platform, createSnapshots(store, "user-1"))).toEqual({
    ok: true,
    data: [SESSION],
  });
  problem = undefined;
  await load();
  expect(asked).toEqual([0, 3, 3]);
});

it("shows nothing kept when the platform refuses", async () => {
  await load();
  problem = { reason: "refused", detail: "no such session" };
  expect(await load()).toEqual({ ok: false, problem });
});

it("says that it is offline when there is nothing to show", async () => {
  problem = OFFLINE;
  expect(await load()).toEqual({ ok: false, problem: OFFLINE });
});

it("keeps one user's from another's, and forgets them", async () => {
  await load();
  expect(await createSnapshots(store, "user-2").conversation(SESSION_ID)).toBeUndefined();
  await createSnapshots(store, "user-1").clear();
  expect(await store.keys("")).toEqual([]);
});

it("shows what the platform says though the device can neither read nor write", async () => {
  const broken = () => Promise.reject(new Error("no space left on device"));
  store = { ...store, get: broken, set: broken };
  expect(await load()).toEqual({ ok: true, data: all });
  expect(await loadSessions(platform, createSnapshots(store, "user-1"))).toMatchObject({ ok: true });
  problem = OFFLINE;
  expect(await load()).toEqual({ ok: false, problem: OFFLINE });
});

it("loses nothing that was told of while it asked", async () => {
  let known = takeChanges(EMPTY_VIEW, log.slice(0, 1));
  const late: Change = { kind: "message", sequence: 4, message: userMessage(4) };
  const slow = {
    async listChanges(sessionId: string, after: number) {
      const answer = await platform.listChanges(sessionId, after);
      known = takeChanges(known, [late]);
      return answer;
    },
  };
  const loaded = await loadConversation(slow, undefined, SESSION_ID, () => known);
  expect(loaded).toMatchObject({ ok: true, data: { upTo: 4, ahead: [] } });
});

it("begins anew when the platform was restored to a time before", async () => {
  await load();
  log = complete.slice(0, 1);
  const shortened = { upTo: 1, messages: stored.slice(0, 1), ahead: [] };
  const loaded = await load();
  expect(loaded).toMatchObject({ ok: true, data: shortened });
  expect(asked).toEqual([0, 3, 0]);
  problem = OFFLINE;
  expect(await load()).toMatchObject({ ok: true, data: shortened });
  const anew = (loaded.ok && loaded.data) as ConversationView;
  // What takes longer to load the log of before does not take its place.
  expect(furthest(all, anew)).toBe(anew);
  expect(furthest(anew, all)).toBe(anew);
});
