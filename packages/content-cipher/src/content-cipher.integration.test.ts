import { randomUUID } from "node:crypto";
import { newContentKeys, ringOf, startMongo } from "@mobile-ai-agent/test-support";
import { Binary, MongoClient } from "mongodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createContentCipher } from "./content-cipher.ts";
import { collectionOf, destroyDataKey } from "./data-keys.ts";
import { countWrappedByOthers, rewrapDataKeys } from "./rewrap.ts";
import type { Place } from "./sealed-text.ts";

const keys = newContentKeys(2);
const ring = ringOf(keys);
const place: Place = { collection: "messages", record: "session/message", field: "content" };
let mongo: Awaited<ReturnType<typeof startMongo>>;
let client: MongoClient;
let finds = 0;

beforeAll(async () => {
  mongo = await startMongo();
  client = await MongoClient.connect(mongo.uri, { monitorCommands: true });
  client.on("commandStarted", ({ commandName }) => {
    if (commandName === "find") finds++;
  });
});
afterAll(async () => {
  await client?.close();
  await mongo?.stop();
});

const newCipher = (options = {}) => createContentCipher(client.db(), ring, options);
const keysOf = (user: string) => collectionOf(client.db()).findOne({ _id: user });

describe("a user's key", () => {
  it("is one, however many write first at once", async () => {
    const user = randomUUID();
    const ciphers = [newCipher(), newCipher(), newCipher(), newCipher()];
    const sealed = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ciphers[n % 4]?.seal(user, place, `text ${n}`)),
    );
    const reader = newCipher();
    for (const [n, one] of sealed.entries()) {
      expect(await reader.open(user, place, one as Binary)).toBe(`text ${n}`);
    }
    expect(await collectionOf(client.db()).countDocuments({ _id: user })).toBe(1);
  });

  it("is looked up once for a page, and not again within its time", async () => {
    const user = randomUUID();
    const writer = newCipher();
    const page = await Promise.all(
      Array.from({ length: 100 }, (_, n) => writer.seal(user, { ...place, record: `${n}` }, `${n}`)),
    );
    let time = 1;
    const reader = newCipher({ now: () => time });
    const open = () =>
      Promise.all(page.map((sealed, n) => reader.open(user, { ...place, record: `${n}` }, sealed)));
    const before = finds;
    expect(await open()).toHaveLength(100);
    await open();
    expect(finds - before).toBe(1);
    time += 60_001;
    await open();
    expect(finds - before).toBe(2);
  });

  it("leaves the memory when there are too many", async () => {
    const small = newCipher({ maxKeys: 2 });
    const users = [randomUUID(), randomUUID(), randomUUID()] as const;
    for (const user of users) await small.seal(user, place, "a");
    const before = finds;
    await small.seal(users[2], place, "a");
    expect(finds - before).toBe(0);
    await small.seal(users[0], place, "a");
    expect(finds - before).toBe(1);
  });

  it("is not made by reading", async () => {
    const [user, other] = [randomUUID(), randomUUID()];
    const sealed = await newCipher().seal(user, place, "secret");
    await expect(newCipher().open(other, place, sealed)).rejects.toMatchObject({ code: "data_key_missing" });
    expect(await keysOf(other)).toBeNull();
    expect(await newCipher().open(other, place, "from before there was a cipher")).toMatch(/^from/);
  });

  it("can't be used by another user, nor with another master key, and says what is to be done", async () => {
    const [user, other] = [randomUUID(), randomUUID()];
    await newCipher().seal(user, place, "secret");
    const document = await keysOf(user);
    await collectionOf(client.db()).insertOne({ ...document, _id: other });
    await expect(newCipher().seal(other, place, "x")).rejects.toMatchObject({ code: "content_changed" });
    const lost = createContentCipher(client.db(), ringOf(newContentKeys(2)));
    await expect(lost.seal(user, place, "x")).rejects.toThrow(
      new RegExp(
        `user ${user} is wrapped by the master key ${ring.ids()[0]}.*add that key.*Secret content-keys`,
      ),
    );
    expect((await keysOf(user))?.wrapped?.toString("hex")).toBe(document?.wrapped?.toString("hex"));
  });
});

describe("a sealed text", () => {
  it("opens for its owner at its place only, and not when a bit is another", async () => {
    const [user, other] = [randomUUID(), randomUUID()];
    const cipher = newCipher();
    const sealed = await cipher.seal(user, place, "secret");
    await cipher.seal(other, place, "other");
    const refused = (owner: string, where: Place, what = sealed) =>
      expect(cipher.open(owner, where, what)).rejects.toMatchObject({ code: "content_changed" });
    await refused(other, place);
    await refused(user, { ...place, record: "session/other" });
    await refused(user, { ...place, collection: "sessions" });
    await refused(user, { ...place, field: "title" });
    const bytes = Buffer.from(sealed.value());
    expect(bytes.includes("secret")).toBe(false);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await refused(user, place, new Binary(changed));
    }
    for (const length of [0, 1, 9, 20, bytes.length - 1]) {
      await refused(user, place, new Binary(bytes.subarray(0, length)));
    }
    expect(await cipher.open(user, place, sealed)).toBe("secret");
  });
});

describe("a destroyed key", () => {
  it("stops being used within a minute, is made anew by nobody, and names itself", async () => {
    const user = randomUUID();
    let time = 1;
    const cipher = newCipher({ now: () => time });
    const sealed = await cipher.seal(user, place, "secret");
    const id = (await keysOf(user))?.data_key_id;
    const destroyed = await destroyDataKey(client.db(), user);
    expect(destroyed.dataKeyId).toBe(id);
    time += 60_001;
    await expect(cipher.open(user, place, sealed)).rejects.toMatchObject({ code: "content_destroyed" });
    await expect(cipher.seal(user, place, "more")).rejects.toMatchObject({ code: "content_destroyed" });
    expect(await keysOf(user)).toBeNull();
    expect(await destroyDataKey(client.db(), user)).toEqual(destroyed);
    await rewrapDataKeys(client.db(), ring);
    expect(await keysOf(user)).toBeNull();
  });

  it("stays so whoever makes one or wraps it anew at the same moment", async () => {
    const db = client.db("destroyed");
    const reversed = ringOf(keys.split("\n").reverse().join("\n"));
    for (let n = 0; n < 30; n++) {
      const user = randomUUID();
      const cipher = () => createContentCipher(db, ring);
      if (n % 2 === 0) await cipher().seal(user, place, "first");
      await Promise.all([
        cipher()
          .seal(user, place, "secret")
          .catch(({ code }: { code?: string }) => expect(code).toBe("content_destroyed")),
        rewrapDataKeys(db, n % 4 < 2 ? reversed : ring),
        destroyDataKey(db, user),
      ]);
      expect(await collectionOf(db).findOne({ _id: user })).toBeNull();
      await expect(cipher().seal(user, place, "x")).rejects.toMatchObject({ code: "content_destroyed" });
    }
  });
});

describe("rewrapping", () => {
  it("goes on where it was interrupted, names what can't be unwrapped, and does all others before that", async () => {
    const db = client.db("rewrap");
    const [old = "", next = "", foreign = ""] = newContentKeys(3).split("\n");
    const users = Array.from({ length: 30 }, () => randomUUID());
    const cipher = createContentCipher(db, ringOf(old));
    const sealed = await Promise.all(users.map((user) => cipher.seal(user, place, `of ${user}`)));
    const lost = randomUUID();
    await createContentCipher(db, ringOf(foreign)).seal(lost, place, "x");
    const rotated = ringOf(`${next}\n${old}`);
    await expect(rewrapDataKeys(db, rotated)).rejects.toThrow(lost);
    expect(await countWrappedByOthers(db, [rotated.sealing().id])).toBe(1);
    await collectionOf(db).deleteOne({ _id: lost });
    expect(await rewrapDataKeys(db, rotated)).toBe(0);
    const reader = createContentCipher(db, ringOf(next));
    for (const [n, user] of users.entries()) {
      expect(await reader.open(user, place, sealed[n] as Binary)).toBe(`of ${user}`);
    }
  });
});
