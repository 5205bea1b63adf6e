import { randomUUID } from "node:crypto";
import type { Change, Message } from "@mobile-ai-agent/contracts";
import fc from "fast-check";
import type { Db } from "mongodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ConversationStore } from "./conversation-store.ts";
import { asItComes, Device, type Done, inOrder, type Taking } from "./testing/device.ts";
import { startStore } from "./testing/start-store.ts";

let started: Awaited<ReturnType<typeof startStore>>;
let db: Db;
let store: ConversationStore;

beforeAll(async () => {
  started = await startStore();
  ({ db, store } = started);
});
afterAll(() => started?.stop());

const KINDS = [
  "send",
  "send",
  "edit",
  "edit",
  "regenerate",
  "remove",
  "answer",
  "answer",
  "cut",
  "back",
] as const;

interface Step {
  readonly device: 0 | 1;
  readonly kind: (typeof KINDS)[number];
  readonly pick: number;
  /** How often it is sent: resends come to the same. */
  readonly times: number;
  /** At the same moment as the next step. */
  readonly together: boolean;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    device: fc.constantFrom<0 | 1>(0, 1),
    kind: fc.constantFrom(...KINDS),
    pick: fc.nat(20),
    times: fc.constantFrom(1, 1, 2),
    together: fc.boolean(),
  }),
  { minLength: 4, maxLength: 20 },
);

/** Runs the steps on a session of their own. Gives what is wrong in the end. */
async function faultsAfter(plan: readonly Step[], taking: Taking): Promise<string[]> {
  const place = { sessionId: randomUUID(), userId: randomUUID() };
  const devices = [new Device(store, place, taking), new Device(store, place, taking)] as const;
  const done: Done[] = [];
  const tell = (change: Change) => {
    for (const device of devices) device.hear(change);
  };

  async function act({ device: which, kind, pick, times }: Step): Promise<void> {
    const device = devices[which];
    if (kind === "cut") device.online = false;
    if (kind === "back") {
      device.online = true;
      await device.sync();
    }
    if (kind === "answer") return void (await answer(pick));
    if (!device.online || kind === "cut" || kind === "back") return;
    const result =
      kind === "send"
        ? await device.send(`message ${pick}`, times)
        : kind === "remove"
          ? await device.remove(pick, times)
          : await device.supersede(kind, pick, times);
    if (result === undefined) return await device.sync();
    done.push(result);
    tell(result.change);
  }

  /** A run ends. Devices are told nothing of that here, so the next change finds a gap. */
  async function answer(pick: number): Promise<void> {
    const questions = (await shown(place.sessionId)).filter(({ role }) => role === "user");
    const runId = questions[pick % questions.length]?.run_id;
    if (runId === undefined) return;
    const asked = await beginOf(runId);
    await store.messages.addAnswer({ ...place, runId, asked, content: `answer ${pick}` });
  }

  for (let at = 0; at < plan.length; at++) {
    const here = [plan[at] as Step];
    while (plan[at]?.together && plan[at + 1]) here.push(plan[++at] as Step);
    await Promise.all(here.map(act));
  }
  for (const device of devices) await device.sync();
  return [...(await faultsOfViews(place.sessionId, devices)), ...(await faultsOfLog(place.sessionId, done))];
}

/** Sequence number of the entry that began a run, which the run knows elsewhere. */
async function beginOf(run_id: string): Promise<number> {
  const begin = await db.collection("messages").findOne({ run_id, role: "user" });
  return begin?.sequence ?? 0;
}

/** All pages of what the session shows, from the end to the begin. */
async function shown(sessionId: string): Promise<Message[]> {
  let all: Message[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ; before = all[0]?.sequence ?? 0) {
    const page = await store.messages.list(sessionId, { before, limit: 4 });
    all = [...page, ...all];
    if (page.length < 4) return all;
  }
}

async function faultsOfViews(sessionId: string, devices: readonly Device[]): Promise<string[]> {
  const truth = JSON.stringify(await shown(sessionId));
  const forwards = JSON.stringify(await store.messages.list(sessionId, { limit: 1000 }));
  return [
    ...(forwards === truth ? [] : ["forwards, the pages show something else than backwards"]),
    ...devices.flatMap(({ view }, index) => {
      if (view.ahead.length > 0) return [`device ${index} lacks changes`];
      return JSON.stringify(view.messages) === truth ? [] : [`device ${index} shows something else`];
    }),
  ];
}

async function faultsOfLog(sessionId: string, done: readonly Done[]): Promise<string[]> {
  const documents = db.collection<{ sequence: number; change?: string; from?: number; target?: string }>(
    "messages",
  );
  const entries = await documents.find({ session_id: sessionId }).sort({ sequence: 1 }).toArray();
  const gaps = entries.filter(({ sequence }, index) => sequence !== index + 1);
  const removed = new Set(entries.filter(({ change }) => change === "deletion").map(({ target }) => target));
  const told = new Set((await shown(sessionId)).map(({ id }) => id));
  const numbers = done.map(({ change }) => change.sequence);
  const lost = done.flatMap(({ change }) => {
    if (change.kind !== "message" && change.kind !== "edit") return [];
    const { id, sequence } = change.message;
    if (told.has(id) || removed.has(id)) return [];
    // Who superseded it has seen it.
    const seen = done.some(
      ({ change: by, after = -1 }) =>
        (by.kind === "edit" || by.kind === "regeneration" || by.kind === "cut") &&
        by.from <= sequence &&
        sequence < by.sequence &&
        sequence <= after,
    );
    return seen ? [] : [`message ${sequence} was superseded by somebody who had not seen it`];
  });
  const doubled = numbers.filter((number, index) => numbers.indexOf(number) !== index);
  const kept = entries.filter((entry) => removed.has(`${entry._id}`) && !("erased" in entry));
  return [
    ...gaps.map(({ sequence }) => `there is a gap before ${sequence}`),
    ...lost,
    // Two devices may delete the same message.
    ...doubled
      .filter((number) => entries[number - 1]?.change !== "deletion")
      .map((n) => `${n} was given twice`),
    ...kept.map(({ sequence }) => `message ${sequence} was deleted and is still there`),
  ];
}

const converges = (taking: Taking) =>
  fc.asyncProperty(steps, async (plan) => {
    expect(await faultsAfter(plan, taking)).toEqual([]);
  });

it("shows the same on two devices as is stored, whatever they do at once and whenever they are cut", async () => {
  await fc.assert(converges(inOrder), { numRuns: 30 });
}, 120_000);

it("would find a device that takes changes as they come", async () => {
  const { failed } = await fc.check(converges(asItComes), { numRuns: 60, endOnFailure: true });
  expect(failed).toBe(true);
}, 120_000);
