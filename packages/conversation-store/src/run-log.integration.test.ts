import { randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import { eventually, startRedis, testTransitCipher } from "@mobile-ai-agent/test-support";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RedisClient } from "./redis-client.ts";
import { createRunLog, type RunLog } from "./run-log.ts";

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: RedisClient;
let log: RunLog;
let stop: AbortController;

beforeAll(async () => {
  server = await startRedis();
});

afterAll(() => server?.stop());

beforeEach(async () => {
  redis = createClient({ url: server.url });
  await redis.connect();
  log = createRunLog(redis, testTransitCipher());
  stop = new AbortController();
  setMaxListeners(0, stop.signal);
});

afterEach(() => {
  stop.abort();
  redis.destroy();
});

const token = (runId: string, sequence: number): RunEvent => ({
  runId,
  sequence,
  kind: "token",
  text: `${sequence} `,
});
const completed = (runId: string, sequence: number): RunEvent => ({
  runId,
  sequence,
  kind: "completed",
  messageId: randomUUID(),
});

async function appendTokens(runId: string, from: number, to: number): Promise<void> {
  for (let sequence = from; sequence <= to; sequence++) await log.append(token(runId, sequence));
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** Collects sequence numbers as they arrive; `done` resolves at the end of the log. */
function collect(runId: string, after: number, signal = stop.signal) {
  const sequences: number[] = [];
  const done = (async () => {
    for await (const event of log.read(runId, after, signal)) sequences.push(event.sequence);
  })();
  return { sequences, done };
}

const connections = async () =>
  (await redis.sendCommand<string>(["CLIENT", "LIST"])).trim().split("\n").length;

describe("run log", () => {
  it("reads what is there and what comes, from exactly the given number, to the end", async () => {
    const runId = randomUUID();
    await appendTokens(runId, 1, 5);
    const all = collect(runId, 0);
    const rest = collect(runId, 3);
    await eventually(() => rest.sequences.length === 2 && all.sequences.length === 5);
    await appendTokens(runId, 6, 9);
    await log.append(completed(runId, 10));
    await Promise.all([all.done, rest.done]);
    expect(all.sequences).toEqual(range(1, 10));
    expect(rest.sequences).toEqual(range(4, 10));
  });

  it("gives a late reader of a run that others follow everything, and the others nothing twice", async () => {
    const runId = randomUUID();
    const readers = [collect(runId, 0)];
    for (let sequence = 1; sequence <= 60; sequence++) {
      await log.append(token(runId, sequence));
      if (sequence % 10 === 0) readers.push(collect(runId, sequence - 7), collect(runId, sequence));
    }
    await log.append(completed(runId, 61));
    await Promise.all(readers.map(({ done }) => done));
    expect(readers[0]?.sequences).toEqual(range(1, 61));
    readers.slice(1).forEach(({ sequences }, index) => {
      const sequence = (Math.floor(index / 2) + 1) * 10;
      expect(sequences).toEqual(range(index % 2 === 0 ? sequence - 6 : sequence + 1, 61));
    });
  });

  it("starts a new subscription at once while a read is under way", async () => {
    const quiet = collect(randomUUID(), 0);
    const runId = randomUUID();
    await appendTokens(runId, 1, 1);
    await eventually(async () => / flags=b /.test(await redis.sendCommand<string>(["CLIENT", "LIST"])));
    const late = collect(runId, 0);
    // The read under way would end by itself after ten seconds.
    await eventually(() => late.sequences.length === 1, { timeoutMs: 5000 });
    expect(quiet.sequences).toEqual([]);
  });

  it("follows any number of runs over one connection, and closes it after the last", async () => {
    const before = await connections();
    const runs = range(1, 20).map(() => randomUUID());
    const readers = runs.map((runId) => collect(runId, 0));
    for (const runId of runs) await appendTokens(runId, 1, 1);
    await eventually(() => readers.every(({ sequences }) => sequences.length === 1));
    expect(await connections()).toBe(before + 1);
    stop.abort();
    await Promise.all(readers.map(({ done }) => done));
    await eventually(async () => (await connections()) === before);
  });

  it("ends one reader without touching another of the same run", async () => {
    const runId = randomUUID();
    const leaving = new AbortController();
    const [left, stays] = [collect(runId, 0, leaving.signal), collect(runId, 0)];
    await appendTokens(runId, 1, 2);
    await eventually(() => left.sequences.length === 2);
    leaving.abort();
    await left.done;
    await appendTokens(runId, 3, 3);
    await log.append({ runId, sequence: 4, kind: "failed", code: "unavailable", reason: "planted" });
    await stays.done;
    expect([left.sequences, stays.sequences]).toEqual([range(1, 2), range(1, 4)]);
  });

  it("goes on at the next event after the connection was cut", async () => {
    const runId = randomUUID();
    const reader = collect(runId, 0);
    await appendTokens(runId, 1, 2);
    await eventually(() => reader.sequences.length === 2);
    await redis.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    await appendTokens(runId, 3, 4);
    await log.append(completed(runId, 5));
    await reader.done;
    expect(reader.sequences).toEqual(range(1, 5));
  });

  it("fails its readers when Redis comes back without their log", async () => {
    const [lost, kept, empty] = [randomUUID(), randomUUID(), randomUUID()];
    await appendTokens(lost, 1, 3);
    await appendTokens(kept, 1, 3);
    const [reader, other, waiting] = [collect(lost, 0), collect(kept, 0), collect(empty, 0)];
    await eventually(() => reader.sequences.length === 3 && other.sequences.length === 3);
    await redis.del(`run:{${lost}}`);
    await redis.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    await expect(reader.done).rejects.toThrow("the run's log was lost");
    await log.append(completed(kept, 4));
    await log.append(completed(empty, 1));
    await Promise.all([other.done, waiting.done]);
    expect([other.sequences, waiting.sequences]).toEqual([range(1, 4), [1]]);
  });

  it("does not append to a log that has lost what was before", async () => {
    const runId = randomUUID();
    expect(await log.append(token(runId, 5))).toBe("lost");
    expect(await log.bounds(runId)).toBeUndefined();
    expect(await log.append(token(runId, 5), true)).toBe("written");
    expect(await log.append(token(runId, 6))).toBe("written");
    expect(await log.bounds(runId)).toEqual({ first: 5, last: 6, hasEnded: false });
  });

  it("that was removed does not come back, and who reads it hears so", async () => {
    const [runId, ended] = [randomUUID(), randomUUID()];
    await appendTokens(runId, 1, 3);
    await log.append(completed(ended, 1));
    const reader = collect(runId, 0);
    await eventually(() => reader.sequences.length === 3);
    await log.remove([runId, ended]);
    await reader.done;
    expect(reader.sequences).toEqual(range(1, 4));
    expect(await redis.exists(`run:{${ended}}`)).toBe(0);
    expect(await redis.pTTL(`run:{${runId}}`)).toBeLessThan(5001);
    expect(await redis.xLen(`run:{${runId}}`)).toBe(1);
    for (const isFirst of [false, true]) expect(await log.append(token(runId, 4), isFirst)).toBe("removed");
    expect(await log.count([runId])).toBe(0);
  });

  it("fails its readers when Redis refuses the read", async () => {
    const runId = randomUUID();
    await redis.set(`run:{${runId}}`, "not a stream");
    await expect(collect(runId, 0).done).rejects.toThrow(/WRONGTYPE/);
  });

  it("refuses a second writer's event, and knows the last number", async () => {
    const runId = randomUUID();
    expect(await log.bounds(runId)).toBeUndefined();
    await appendTokens(runId, 1, 3);
    await expect(log.append(token(runId, 3))).rejects.toThrow();
    expect(await log.bounds(runId)).toEqual({ first: 1, last: 3, hasEnded: false });
    expect(await redis.pTTL(`run:{${runId}}`)).toBeGreaterThan(3_500_000);
    await log.append(completed(runId, 4));
    expect(await log.bounds(runId)).toEqual({ first: 1, last: 4, hasEnded: true });
  });
});
