import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { startMongo, startRedis } from "@mobile-ai-agent/test-support";
import { type Db, MongoClient } from "mongodb";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RedisClient } from "./redis-client.ts";
import { createTokenBudget, type Reservation, type TokenBudget } from "./token-budget.ts";
import type { TokenCounter } from "./token-counter.ts";

const LIMIT = 1000;
const resources = new AsyncDisposableStack();
let db: Db;
let redis: RedisClient;
let connect: () => Promise<RedisClient>;

beforeAll(async () => {
  const [mongo, server] = await Promise.all([startMongo(), startRedis()]);
  resources.defer(() => mongo.stop());
  resources.defer(() => server.stop());
  const client = new MongoClient(mongo.uri);
  resources.defer(() => client.close());
  db = client.db();
  connect = async () => {
    const connection: RedisClient = createClient({ url: server.url });
    await connection.connect();
    resources.defer(() => connection.destroy());
    return connection;
  };
  redis = await connect();
  await createTokenBudget(db, redis, { tokensPerDay: LIMIT }).createIndexes();
});
afterAll(() => resources.disposeAsync());

const open = (more: { now?: () => Date; counter?: TokenCounter } = {}) =>
  createTokenBudget(db, redis, { tokensPerDay: LIMIT, ...more });

const tokensOf = (taken: readonly (Reservation | undefined)[]) =>
  taken.reduce((sum, one) => sum + (one?.tokens ?? 0), 0);

/** A hundred runs of one user at once, over several instances, each for a tenth of the day. */
async function ask(budgets: readonly TokenBudget[], userId: string, { least = 100, most = 100 } = {}) {
  const asked = Array.from({ length: 100 }, (_, index) => {
    const budget = budgets[index % budgets.length] as TokenBudget;
    return budget.reserve({ userId, runId: randomUUID(), least, most });
  });
  return await Promise.all(asked);
}

describe("a hundred runs at once with a budget for ten", () => {
  const instances = async () =>
    await Promise.all(
      Array.from({ length: 4 }, async () => createTokenBudget(db, await connect(), { tokensPerDay: LIMIT })),
    );

  it("get what ten may use, to the token", async () => {
    const taken = await ask(await instances(), randomUUID());
    expect(taken.filter(Boolean)).toHaveLength(10);
    expect(tokensOf(taken)).toBe(LIMIT);
  });

  it("get what is left, when that is less than they ask for", async () => {
    const taken = await ask(await instances(), randomUUID(), { least: 10, most: 170 });
    expect(tokensOf(taken)).toBe(LIMIT);
    expect(taken.filter(Boolean).map((one) => one?.tokens)).toEqual(expect.arrayContaining([170, 150]));
  });

  it("get no more while Redis loses its data again and again", async () => {
    const [budgets, userId] = [await instances(), randomUUID()];
    let asking = true;
    const losing = (async () => {
      while (asking) {
        await redis.flushAll();
        await delay(Math.random() * 40);
      }
    })();
    const taken = await ask(budgets, userId).finally(() => {
      asking = false;
    });
    await losing;
    expect(tokensOf(taken)).toBeLessThanOrEqual(LIMIT);
    const rest = await ask(budgets, userId);
    expect(tokensOf([...taken, ...rest])).toBe(LIMIT);
  });

  it("would get more by a check and then an increment", async () => {
    const userId = randomUUID();
    const key = `naive:${userId}`;
    const known = new Map<string, number>();
    const naive: TokenCounter = {
      async reserve(_account, { callId, least, most, limit }) {
        const before = known.get(callId);
        if (before !== undefined) return before;
        const left = limit - Number((await redis.get(key)) ?? 0);
        if (left < least) return 0;
        const taken = Math.min(left, most);
        await redis.incrBy(key, taken);
        known.set(callId, taken);
        return taken;
      },
      async settle() {},
      async forget() {},
      total: async () => 0,
    };
    expect(tokensOf(await ask([open({ counter: naive })], userId))).toBeGreaterThan(LIMIT);
  });
});

describe("the budget of a day", () => {
  const wish = { least: 100, most: 400 };

  it("gets back what a call did not use", async () => {
    const [budget, userId, runId] = [open(), randomUUID(), randomUUID()];
    const first = (await budget.reserve({ userId, runId, ...wish })) as Reservation;
    expect((await budget.today(userId)).used).toBe(400);
    await budget.settle(first, { tokens: 30, counted: "provider" });
    expect(await budget.today(userId)).toMatchObject({ used: 30, limit: LIMIT });
    expect(await budget.usedByRun({ runId, userId })).toBe(30);
  });

  it("is filled again from the ledger when Redis has lost it", async () => {
    const [budget, userId] = [open(), randomUUID()];
    const first = (await budget.reserve({ userId, runId: randomUUID(), ...wish })) as Reservation;
    const second = (await budget.reserve({ userId, runId: randomUUID(), ...wish })) as Reservation;
    await budget.settle(first, { tokens: 50, counted: "bound" });
    await redis.flushAll();
    expect((await budget.today(userId)).used).toBe(450);
    await budget.settle(second, { tokens: 100, counted: "provider" });
    expect((await budget.today(userId)).used).toBe(150);
  });

  it("keeps what a lost settlement has used", async () => {
    const [budget, userId] = [open(), randomUUID()];
    const taken = (await budget.reserve({ userId, runId: randomUUID(), ...wish })) as Reservation;
    await redis.flushAll();
    await budget.settle(taken, { tokens: 200, counted: "provider" });
    expect((await budget.today(userId)).used).toBe(200);
  });

  it("counts the call of an orchestrator that died as the most that it can have used", async () => {
    const [budget, userId, runId] = [open(), randomUUID(), randomUUID()];
    const lost = (await budget.reserve({ userId, runId, ...wish })) as Reservation;
    await budget.recover({ runId, userId });
    expect(await budget.usedByRun({ runId, userId })).toBe(400);
    const next = (await budget.reserve({ userId, runId, ...wish })) as Reservation;
    // It was not dead, only late: what it settles changes nothing of the other's.
    await budget.settle(lost, { tokens: 10, counted: "provider" });
    expect((await budget.today(userId)).used).toBe(800);
    await budget.settle(next, { tokens: 100, counted: "provider" });
    expect((await budget.today(userId)).used).toBe(500);
  });

  it("gives back what was reserved and never written down, once the run is taken over", async () => {
    const [userId, runId] = [randomUUID(), randomUUID()];
    const failing = createTokenBudget(withoutEntries(db), redis, { tokensPerDay: LIMIT });
    await expect(failing.reserve({ userId, runId, ...wish })).rejects.toThrow("the database is away");
    expect((await open().today(userId)).used).toBe(400);
    await open().recover({ runId, userId });
    expect((await open().today(userId)).used).toBe(0);
  });

  it("begins anew with the day, in UTC, and a call belongs to the day that it began in", async () => {
    let now = new Date("2031-05-01T23:59:59Z");
    const [budget, userId] = [open({ now: () => now }), randomUUID()];
    const late = (await budget.reserve({
      userId,
      runId: randomUUID(),
      least: LIMIT,
      most: LIMIT,
    })) as Reservation;
    expect(await budget.reserve({ userId, runId: randomUUID(), least: 1, most: 1 })).toBeUndefined();
    expect((await budget.today(userId)).resetsAt).toEqual(new Date("2031-05-02T00:00:00Z"));
    now = new Date("2031-05-02T00:00:01Z");
    await budget.settle(late, { tokens: 7, counted: "provider" });
    expect(await budget.today(userId)).toMatchObject({ day: "2031-05-02", used: 0 });
  });
});

/** A database whose ledger takes no entry. */
function withoutEntries(real: Db): Db {
  const insertOne = async () => {
    throw new Error("the database is away");
  };
  const collection = (name: string) => Object.assign(Object.create(real.collection(name)), { insertOne });
  return { collection } as unknown as Db;
}
