import type { Message } from "@mobile-ai-agent/contracts";
import { beforeEach, expect, it } from "vitest";
import type { ApiProblem } from "../api/result.ts";
import type { BlobStore } from "../storage/blob-store.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { answerTo, SESSION_ID, userMessage } from "../testing/messages.ts";
import { loadMessages, loadSessions } from "./load.ts";
import { createSnapshots } from "./snapshots.ts";

const question = userMessage(1);
const stored = [question, answerTo(question, 2), userMessage(3)];
const SESSION = {
  id: SESSION_ID,
  title: "Sky",
  created_at: "2026-01-01T00:00:00.000Z",
  updated_at: "2026-01-01T00:00:00.000Z",
};

let problem: ApiProblem | undefined;
let asked: number[] = [];
let store: BlobStore;
beforeEach(() => {
  problem = undefined;
  asked = [];
  store = createMemoryStore();
});

const platform = {
  async listMessages(_: string, after: number) {
    asked.push(after);
    if (problem) return { ok: false as const, problem };
    return { ok: true as const, data: stored.filter(({ sequence }) => sequence > after) };
  },
  async listSessions() {
    return problem ? { ok: false as const, problem } : { ok: true as const, data: [SESSION] };
  },
};
const load = (known?: readonly Message[], userId = "user-1") =>
  loadMessages(platform, createSnapshots(store, userId), SESSION_ID, () => known);
const OFFLINE: ApiProblem = { reason: "offline", detail: "no connection" };

it("asks only for what is missing", async () => {
  expect(await load(stored.slice(0, 2))).toEqual({ ok: true, data: stored });
  expect(asked).toEqual([2]);
});

it("shows offline what it read before, and asks after it once it is back", async () => {
  await load();
  await loadSessions(platform, createSnapshots(store, "user-1"));
  problem = OFFLINE;
  expect(await load()).toEqual({ ok: true, data: stored });
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
  expect(await createSnapshots(store, "user-2").messages(SESSION_ID)).toBeUndefined();
  await createSnapshots(store, "user-1").clear();
  expect(await store.keys("")).toEqual([]);
});
