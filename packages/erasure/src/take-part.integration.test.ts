import { randomUUID } from "node:crypto";
import { createLogger } from "@mobile-ai-agent/service-kit";
import { eventually, startMongo } from "@mobile-ai-agent/test-support";
import { type Collection, type Db, MongoClient } from "mongodb";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createErasures, waitingFor } from "./erasures.ts";
import { isCollection, STORES } from "./stores.ts";
import { takePart } from "./take-part.ts";

const logger = createLogger("test", "none");
const SESSIONS = 3;
let mongo: Awaited<ReturnType<typeof startMongo>>;
let client: MongoClient;
let db: Db;
let userId: string;
let logs: number;

beforeAll(async () => {
  mongo = await startMongo();
  client = await MongoClient.connect(mongo.uri);
});
afterAll(async () => {
  await client?.close();
  await mongo?.stop();
});
beforeEach(async () => {
  db = client.db(`d${randomUUID().replaceAll("-", "")}`);
  userId = await fill(db);
});

/** Two users with sessions and what belongs to them. @returns the id of one */
async function fill(into: Db): Promise<string> {
  await fillOne(into);
  return await fillOne(into);
}

async function fillOne(into: Db): Promise<string> {
  logs = SESSIONS;
  const user_id = randomUUID();
  const sessions = Array.from({ length: SESSIONS }, () => ({ _id: randomUUID(), user_id }));
  const ofThem = () => sessions.map(({ _id: session_id }) => ({ session_id }));
  await into.collection<{ _id: string }>("sessions").insertMany(sessions);
  for (const name of ["contexts", "session_titles", "messages"]) {
    await into.collection(name).insertMany([...ofThem(), ...ofThem()]);
  }
  await into.collection("runs").insertMany(ofThem().map((one) => ({ ...one, user_id })));
  return user_id;
}

const part = (of: Db, { grace = 0.001, poll = 1000 } = {}) =>
  takePart({
    ...{ db: of, owner: "context-protocol-server", logger },
    config: { ERASURE_POLL: poll, ERASURE_GRACE: grace },
    others: {
      "run:": {
        count: async () => logs,
        erase: async () => {
          logs = 0;
        },
      },
    },
  });

const countsOf = async (name: string) => await db.collection(name).countDocuments();
const foundIn = async () => {
  const [note] = (await createErasures(db).notesOf(userId)).filter(({ _id }) => _id.endsWith("/found"));
  return Object.fromEntries((note?.counts ?? []).map(({ store, count }) => [store, count]));
};
const ALL = { "run:": 3, sessions: 3, contexts: 6, session_titles: 6, messages: 6, runs: 3 };

/** A database whose process dies before its nth write. */
function mortal(real: Db, dieAt: number): Db {
  let writes = 0;
  const WRITES = ["insertOne", "deleteMany"];
  const collection = (name: string) =>
    new Proxy(real.collection(name), {
      get: (target, key) => {
        const value = Reflect.get(target, key);
        if (typeof value !== "function") return value;
        const bound = value.bind(target) as (...args: unknown[]) => Promise<unknown>;
        if (!WRITES.includes(String(key))) return bound;
        return async (...args: unknown[]) => {
          writes += 1;
          if (writes >= dieAt) throw new Error("killed");
          return await bound(...args);
        };
      },
    }) as Collection;
  return { collection } as unknown as Db;
}

it("removes what is the user's and nothing else, and notes what it found", async () => {
  await createErasures(db).request(userId);
  const participation = part(db, { poll: 0.05 });
  try {
    await eventually(
      async () =>
        !waitingFor(userId, await createErasures(db).notesOf(userId)).includes("context-protocol-server"),
    );
  } finally {
    await participation.close();
  }
  expect(await foundIn()).toMatchObject(ALL);
  for (const name of ["sessions", "runs"]) expect(await countsOf(name), name).toBe(SESSIONS);
  for (const name of ["contexts", "session_titles", "messages"]) expect(await countsOf(name)).toBe(6);
});

it("goes on where it was killed, at whatever step, with the same account of it", async () => {
  let died = true;
  for (let dieAt = 1; died; dieAt += 1) {
    const { requestedAt } = await createErasures(db).request(userId);
    const erasure = { _id: userId, requested_at: requestedAt };
    const dying = part(mortal(db, dieAt));
    died = await dying.sweep(erasure).then(
      () => false,
      () => true,
    );
    await dying.close();
    const next = part(db);
    await next.sweep(erasure);
    await next.close();
    expect(await foundIn(), `killed before write ${dieAt}`).toMatchObject(ALL);
    for (const name of ["sessions", "runs"]) expect(await countsOf(name), name).toBe(SESSIONS);
    for (const name of ["contexts", "session_titles", "messages"]) expect(await countsOf(name)).toBe(6);
    userId = await fillOne(db);
  }
}, 180_000);

it("is not done before its grace is over, and takes what came late", async () => {
  const { requestedAt } = await createErasures(db).request(userId);
  const [patient, hasty] = [part(db, { grace: 1000 }), part(db)];
  try {
    await patient.sweep({ _id: userId, requested_at: requestedAt });
    await db.collection("runs").insertOne({ user_id: userId });
    expect(waitingFor(userId, await createErasures(db).notesOf(userId))).toContain("context-protocol-server");
    await hasty.sweep({ _id: userId, requested_at: requestedAt });
    expect(await db.collection("runs").countDocuments({ user_id: userId })).toBe(0);
    expect(waitingFor(userId, await createErasures(db).notesOf(userId))).not.toContain(
      "context-protocol-server",
    );
  } finally {
    await patient.close();
    await hasty.close();
  }
});

it("refuses to begin with a store that nobody can erase", () => {
  expect(() =>
    takePart({ db, owner: "media-processing", logger, config: { ERASURE_POLL: 1, ERASURE_GRACE: 1 } }),
  ).toThrow(/media-processing can't erase objects media/);
});

it("the list names what refers to others before them", () => {
  const names = STORES.map(({ name }) => name);
  for (const [index, store] of STORES.entries()) {
    if (!isCollection(store) || !store.found || !("parent" in store.found)) continue;
    expect(names.indexOf(store.found.parent), store.name).toBeGreaterThan(index);
  }
});
