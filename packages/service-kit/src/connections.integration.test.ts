import { eventually, freePort, startMongo, startRedis } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectMongo } from "./mongo.ts";
import { connectRedis } from "./redis.ts";

let mongo: Awaited<ReturnType<typeof startMongo>>;
let redis: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
});
afterAll(() => Promise.all([mongo?.stop(), redis?.stop()]));

describe("connectMongo", () => {
  it("uses the database that the URI names", async () => {
    const { db, close } = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
    await db.collection<{ _id: string }>("things").insertOne({ _id: "one" });
    expect(await db.collection("things").countDocuments()).toBe(1);
    expect(db.databaseName).toBe("test");
    await close();
  });
});

describe("connectRedis", () => {
  it("connects, and again after the connection was cut", async () => {
    const client = await connectRedis({ REDIS_URL: redis.url });
    const other = await connectRedis({ REDIS_URL: redis.url });
    await client.set("key", "value");
    const id = await client.clientId();
    await other.sendCommand(["CLIENT", "KILL", "ID", String(id)]);
    expect(await eventually(() => client.get("key"))).toBe("value");
    client.destroy();
    other.destroy();
  });

  it("waits for a server that is not there yet", async () => {
    const port = await freePort();
    const connecting = connectRedis({ REDIS_URL: `redis://127.0.0.1:${port}` });
    const late = await startRedis({ port });
    const client = await connecting;
    expect(await client.ping()).toBe("PONG");
    client.destroy();
    await late.stop();
  });
});
