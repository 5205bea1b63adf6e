import { execa } from "execa";
import { MongoClient } from "mongodb";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changeKeys } from "./change-keys.ts";
import { createRedisKeeper } from "./redis-keeper.ts";
import { ruleOf, withNextUser } from "./redis-users.ts";
import { finishRotation, rotateContent } from "./rotate-content.ts";
import { finishMongo, rotateMongo } from "./rotate-mongo.ts";
import { rotateRedis } from "./rotate-redis.ts";
import { startCredentialPlatform } from "./testing/credential-platform.ts";
import { startUser } from "./testing/users.ts";

const wait = { patienceMs: 120_000, pollMs: 250 };
const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);

let platform: Awaited<ReturnType<typeof startCredentialPlatform>>;
let user: Awaited<ReturnType<typeof startUser>>;
beforeEach(async () => {
  platform = await startCredentialPlatform();
  user = await startUser(platform);
}, 240_000);
afterEach(async () => {
  await user?.stop();
  await platform?.stop();
}, 60_000);

/** Awaits that the user goes on, on what has just changed. */
async function goOn(): Promise<void> {
  const begin = user.requests();
  await expect.poll(() => user.requests() - begin, { timeout: 60_000 }).toBeGreaterThan(50);
}

async function redisTakes(url: string): Promise<boolean> {
  const { stdout } = await execa("redis-cli", ["-u", url, "--no-auth-warning", "ping"], { reject: false });
  return stdout === "PONG";
}

async function databaseTakes({ uri = "", ...pem }: Readonly<Record<string, string>>, key: string) {
  const [ca, cert] = [pem["ca.crt"] ?? "", pem[key] ?? ""];
  const client = new MongoClient(uri, { ca, cert, key: cert, serverSelectionTimeoutMS: 3000 });
  try {
    await client.db().command({ ping: 1 });
    return true;
  } catch {
    return false;
  } finally {
    await client.close();
  }
}

test("all keys and credentials change in one run, and somebody who reads and writes meanwhile has no failure", async () => {
  const { kubectl } = platform;
  const before = await platform.secrets();
  const oldMongo = before["mongodb-credentials"] ?? {};
  const oldUrl = before["redis-credentials"]?.url ?? "";
  await goOn();

  await changeKeys(kubectl, "rotate");
  await rotateContent({ kubectl, wait });
  expect(await rotateRedis({ kubectl, wait })).toBe("agent2");
  await goOn();
  await rotateMongo({ kubectl, wait });
  await expect(finishMongo({ kubectl, wait })).rejects.toThrow(/wait 1\d\d s/);
  // Again, as after an interruption.
  await rotateMongo({ kubectl, wait });
  await finishRotation({ kubectl, wait, now: later(66), backUp: async () => {} });
  expect(await rotateRedis({ kubectl, wait })).toBe("agent");
  await goOn();

  await user.stop();
  expect(user.failures).toEqual([]);
  expect(await user.stored()).toEqual(user.written);

  const after = await platform.secrets();
  const newMongo = after["mongodb-credentials"] ?? {};
  expect(await redisTakes(oldUrl)).toBe(false);
  expect(await redisTakes(after["redis-credentials"]?.url ?? "")).toBe(true);
  expect(newMongo["client.pem"]).toBe(oldMongo["next.pem"]);
  expect(await databaseTakes(oldMongo, "client.pem")).toBe(true);

  // The database reads whom it lets in when it starts: this is the one step that is felt.
  await finishMongo({ kubectl, wait, now: later(4) });
  const last = (await platform.secrets())["mongodb-credentials"] ?? {};
  expect(await databaseTakes(oldMongo, "client.pem")).toBe(false);
  expect(await databaseTakes(last, "client.pem")).toBe(true);
  expect(await databaseTakes(last, "next.pem")).toBe(true);
  await expect.poll(() => user.stored().catch(() => []), { timeout: 30_000 }).toEqual(user.written);
}, 540_000);

/** What shows that the test above could fail. */
test("a planted fault: the user before is removed from Redis while services have it", async () => {
  await goOn();
  expect(user.failures).toEqual([]);
  const {
    url = "",
    "users.acl": acl = "",
    keeper = "",
  } = (await platform.secrets())["redis-credentials"] ?? {};
  const redis = createRedisKeeper(platform.kubectl, keeper);
  await redis.setUser(ruleOf(withNextUser({ url, acl })));
  await redis.removeUser("agent");
  await expect.poll(() => user.failures.length, { timeout: 60_000 }).toBeGreaterThan(0);
}, 240_000);
