import { createHash, randomBytes } from "node:crypto";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Export } from "@mobile-ai-agent/contracts";
import { connectMongo, connectRedis } from "@mobile-ai-agent/service-kit";
import { createIssuer, eventually, testCipher } from "@mobile-ai-agent/test-support";
import { Binary, BSON, type Db, type MongoClient } from "mongodb";
import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backUp } from "../../apps/backup/src/back-up.ts";
import { readDocuments } from "../../apps/backup/src/collection-files.ts";
import type { BackupContext } from "../../apps/backup/src/context.ts";
import { deriveKeys } from "../../apps/backup/src/keys.ts";
import { readManifest } from "../../apps/backup/src/manifest.ts";
import { noteErasures } from "../../apps/backup/src/note-erasures.ts";
import { restore } from "../../apps/backup/src/restore.ts";
import { PROVIDER } from "./api/provider.ts";
import { callAs, furnish, good, signInWithProvider, signUp, type User } from "./api/users.ts";
import { readCertificate } from "./erasure/certificate.ts";
import { tracesInDatabase, tracesInObjects, tracesInRedis, unlisted } from "./erasure/traces.ts";
import { type Platform, startPlatform } from "./platform.ts";

const cleanup = new AsyncDisposableStack();
const issuer = createIssuer();
let platform: Platform;
let client: MongoClient;
let db: Db;
let redis: Awaited<ReturnType<typeof connectRedis>>;
let backups: BackupContext;
let ann: User;
let bob: User;
let ids: { ann: string; bob: string };

type Json = Record<string, unknown>;
const as = async (user: User, method: string, path: string, body?: unknown) =>
  good(await callAs(platform.gateway, user, [method, path, body])) as Json;
const statusOf = async (user: User, method: string, path: string, body?: unknown) =>
  (await callAs(platform.gateway, user, [method, path, body])).status;

beforeAll(async () => {
  platform = await startPlatform(issuer);
  cleanup.defer(() => platform.stop());
  const { MONGODB_URI, REDIS_URL } = platform.stores;
  const mongo = await connectMongo({ MONGODB_URI }, "test");
  cleanup.defer(() => mongo.close());
  ({ client, db } = mongo);
  redis = await connectRedis({ REDIS_URL });
  cleanup.defer(() => redis.close());
  const model = await platform.startAgent();
  model.script({ words: ["so ", "it ", "is"] });
  const folder = cleanup.use(await mkdtempDisposable(join(tmpdir(), "backups-")));
  let clock = Date.now();
  backups = {
    ...{ client, database: db.databaseName, directory: folder.path, retentionDays: 7 },
    keys: deriveKeys(randomBytes(32)),
    // Two backups of one second would have one name.
    now: () => {
      clock += 1000;
      return new Date(clock);
    },
  };
  [ann, bob] = [await newUser(), await newUser()];
  ids = { ann: await idOf(ann), bob: await idOf(bob) };
}, 120_000);
afterAll(() => cleanup.disposeAsync());

const idOf = async (user: User) => String((await as(user, "GET", "/api/users/me")).id);

/** Somebody who has done all that a user can do, or is about to. */
async function newUser(): Promise<User> {
  const user = await furnish(platform, await signUp(platform.gateway, issuer.issuer));
  const { password, username } = user;
  await eventually(async () => {
    const { messages } = await as(user, "GET", `/api/message/${user.ids.sessionId}`);
    return (messages as unknown[]).length === 2;
  });
  await as(user, "PATCH", `/api/session/${user.ids.sessionId}`, { title: `${username} anew` });
  await as(user, "POST", "/api/users/me/passkeys/options", { password });
  await as(user, "POST", `/api/auth/oidc/${PROVIDER}/link`, { password });
  const challenge = createHash("sha256").update("verifier").digest("base64url");
  await signInWithProvider(platform.gateway, user.authenticator.origin, {
    ...{ name: username, query: `?client=app&code_challenge=${challenge}` },
  });
  await as(user, "POST", "/api/auth/refresh", { refresh_token: user.refreshToken });
  const { secret } = await as(user, "POST", "/api/users/me/totp", { password });
  await as(user, "POST", "/api/users/me/totp/confirm", { code: await generate({ secret: String(secret) }) });
  const login = { username, password: "not the right one" };
  expect(await statusOf(user, "POST", "/api/auth/login", login)).toBe(401);
  return user;
}

const marksOf = (user: User, id: string) => [user.username, id];
const exportOf = async (user: User) => Export.parse(await as(user, "GET", "/api/users/me/export"));
const withoutTimes = (value: unknown) =>
  JSON.stringify(value).replace(/"[^"]*(?:url|urls_expire_at|exported_at|last_used_at)":"[^"]*"/g, "");

describe("the list of stores", () => {
  it("knows every place that names a user after all that one can do", async () => {
    const traces = [
      ...(await tracesInDatabase(db, marksOf(ann, ids.ann))),
      ...(await tracesInRedis(redis, marksOf(ann, ids.ann))),
    ];
    expect(new Set(traces.map(({ store }) => store)).size).toBeGreaterThan(8);
    expect(unlisted(traces)).toEqual([]);
    expect((await tracesInRedis(redis, [""])).length).toBeGreaterThan(3);
  });

  it("would not know a new one", async () => {
    await db.collection("notes").insertOne({ owner: { id: ids.ann } });
    expect(unlisted(await tracesInDatabase(db, marksOf(ann, ids.ann)))).toEqual(["notes"]);
    await db.dropCollection("notes");
    await redis.set("drafts:1", ids.ann);
    await expect(tracesInRedis(redis, [ids.ann])).rejects.toThrow(/the key drafts:1/);
    await redis.del("drafts:1");
  });
});

describe("an export", () => {
  it("has what its user has, and nothing of another's", async () => {
    const found = await exportOf(ann);
    expect(found).toMatchObject({
      profile: { id: ids.ann, username: ann.username },
      second_factor: true,
      identities: [{ provider: PROVIDER }],
      passkeys: [{ id: ann.ids.passkeyId }],
      sessions: [
        {
          ...{ id: ann.ids.sessionId, title: `${ann.username} anew` },
          device_info: { [ann.username]: ann.username },
          context: { [ann.username]: ann.username },
          messages: [{ content: `so says ${ann.username}` }, { content: "so it is" }],
        },
      ],
      media: [{ id: ann.ids.mediaId }],
    });
    const text = JSON.stringify(found);
    for (const mark of marksOf(bob, ids.bob)) expect(text).not.toContain(mark);
    const picture = await fetch(platform.gateway + found.media[0]?.url);
    expect(picture.status).toBe(200);
  });
});

describe("an erasure", () => {
  let dated: string;
  let statusUrl: string;
  let bobsBefore: string;
  let kept: BSON.Document;

  const status = async () => (await (await fetch(platform.gateway + statusUrl)).json()) as Json;
  const jwks = async () =>
    (await (await fetch(`${platform.gateway}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };

  it("is refused without the password", async () => {
    const wrong = { password: "not the right one" };
    expect(await statusOf(ann, "POST", "/api/users/me/erasure", wrong)).toBe(403);
    expect(await statusOf(ann, "POST", "/api/users/me/erasure", {})).toBe(400);
  });

  it("closes the account at once, and what was said can't be opened", async () => {
    dated = (await backUp(backups)).manifest.stamp;
    bobsBefore = withoutTimes(await exportOf(bob));
    kept = (await db.collection("messages").findOne({ user_id: ids.ann })) ?? {};
    const { password } = ann;
    const accepted = await as(ann, "POST", "/api/users/me/erasure", { password });
    statusUrl = String(accepted.status_url);
    await eventually(async () => (await statusOf(ann, "GET", "/api/session")) === 401, { timeoutMs: 1000 });
    expect(await statusOf(ann, "GET", "/api/users/me")).toBe(401);
    const refresh = { refresh_token: ann.refreshToken };
    expect(await statusOf(ann, "POST", "/api/auth/refresh", refresh)).toBe(401);
    const login = (username: string) =>
      callAs(platform.gateway, ann, ["POST", "/api/auth/login", { username, password }]);
    const [hers, nobodys] = [await login(ann.username), await login("nobody_at_all")];
    const detailOf = ({ status, body }: { status: number; body: string }) => [
      status,
      JSON.parse(body).detail,
    ];
    expect(detailOf(hers)).toEqual(detailOf(nobodys));
    const record = `${kept.session_id}/${kept._id}`;
    const place = { collection: "messages", record, field: "content" };
    await expect(testCipher(db).open(ids.ann, place, kept.content)).rejects.toMatchObject({
      code: "content_destroyed",
    });
  });

  it("waits for the archive of keys to be replaced, and for nothing else", async () => {
    await eventually(async () => JSON.stringify((await status()).waiting_for) === '["backup"]');
    // A run that leaves the archive as it was counts for nothing.
    expect(await noteErasures(db, backups, { stamp: "20260101T000000Z", created: new Date() })).toBe(0);
    expect(await status()).toMatchObject({ state: "pending", certificate: null });
  });

  it("is complete with the next backup, and certified with what was found", async () => {
    const { erasures, manifest } = await backUp(backups);
    expect(erasures).toBeGreaterThanOrEqual(1);
    const { certificate } = await eventually(async () => {
      const found = await status();
      return found.state === "completed" && found;
    });
    const statement = readCertificate(String(certificate), await jwks());
    expect(statement).toMatchObject({ subject: ids.ann, backup: { stamp: manifest.stamp } });
    expect(statement.keys_destroyed).toEqual([kept.content.value().subarray(1, 9).toString("base64url")]);
    const erased = statement.stores.filter(({ fate }) => fate === "erased");
    for (const { store, found, removed, left } of erased) expect([left, removed], store).toEqual([0, found]);
    const found = Object.fromEntries(erased.map((one) => [one.store, one.found]));
    expect(found).toMatchObject({ users: 1, data_keys: 1, second_factors: 1, passkeys: 1, identities: 1 });
    expect(found).toMatchObject({ sessions: 1, messages: 2, contexts: 1, runs: 1, "run:": 1, media: 1 });
    expect(found).toMatchObject({ approvals: 1, token_uses: 1 });
    expect(found.run_records).toBeGreaterThan(0);
    expect(found).toMatchObject({ passkey_challenges: 3, oidc_attempts: 1, oidc_tickets: 1 });
    expect(found["media/"]).toBeGreaterThanOrEqual(1);
  });

  it("has a certificate that no change survives, and that opens nothing", async () => {
    const certificate = String((await status()).certificate);
    const keys = await jwks();
    const at = certificate.indexOf(".") + 40;
    for (const place of [at, certificate.length - 20]) {
      const other = certificate[place] === "A" ? "B" : "A";
      const changed = certificate.slice(0, place) + other + certificate.slice(place + 1);
      expect(() => readCertificate(changed, keys)).toThrow(/signature is not good/);
    }
    expect(() => readCertificate(issuer.token(), keys)).toThrow(/no certificate/);
    expect(await statusOf({ ...ann, token: certificate }, "GET", "/api/session")).toBe(401);
  });

  it("leaves nothing that leads to the user", async () => {
    const account = [ann.username, `${ann.username}@example.org`];
    expect(await tracesInDatabase(db, account)).toEqual([]);
    const stores = new Set((await tracesInDatabase(db, [ids.ann])).map(({ store }) => store));
    expect([...stores].sort()).toEqual([
      "audit_entries",
      "data_keys",
      "erasure_parts",
      "erasure_tokens",
      "erasures",
    ]);
    expect(await tracesInRedis(redis, account)).toEqual([]);
    const inRedis = new Set(
      (await tracesInRedis(redis, [ids.ann, ann.ids.runId ?? ""])).map(({ store }) => store),
    );
    const expiring = ["limit:", "tokens:", "removed:run:"];
    expect([...inRedis].filter((store) => !expiring.includes(store))).toEqual([]);
    expect(await tracesInObjects(platform.stores.objects, [...account, ids.ann])).toEqual([]);
  });

  it("would be found incomplete, were one document forgotten", async () => {
    const { _id, ...rest } = kept;
    await db.collection("messages").insertOne({ _id, ...rest } as never);
    const stores = (await tracesInDatabase(db, [ids.ann])).map(({ store }) => store);
    expect(stores).toContain("messages");
    await db.collection("messages").deleteOne({ _id });
  });

  it("holds for a backup from before, with the newest keys", async () => {
    const database = `${db.databaseName}_restored`;
    const report = await restore({ ...backups, database }, { at: dated, swap: true, repair: false });
    expect(report.erased).toMatchObject({ lost: 0 });
    expect(report.erased.documents).toBeGreaterThan(0);
    const restored = client.db(database);
    const marks = [ann.username, ids.ann, ann.ids.sessionId ?? ""];
    const stores = new Set((await tracesInDatabase(restored, marks)).map(({ store }) => store));
    expect([...stores].sort()).toEqual(["audit_entries", "data_keys"]);
    expect((await tracesInDatabase(restored, [bob.username])).length).toBeGreaterThan(0);
    await restored.dropDatabase();
  });

  it("and of what that backup's files have of the user, no key that is there opens anything", async () => {
    const keyIds = (
      await db
        .collection("data_keys")
        .find({ wrapped: { $exists: true } })
        .toArray()
    ).map(({ data_key_id }) => String(data_key_id));
    const sealedFor = { [ids.ann]: 0, [ids.bob]: 0 };
    const files = { folder: join(backups.directory, dated), stamp: dated, keys: backups.keys };
    const { collections } = await readManifest(files.folder, files.keys);
    for (const entry of collections.filter(({ name }) => name === "messages" || name === "sessions")) {
      await readDocuments(entry, files, async (documents) => {
        for await (const raw of documents) {
          const { _id, user_id, ...fields } = BSON.deserialize(raw, { promoteBuffers: false });
          for (const [field, value] of Object.entries(fields)) {
            if (!(value instanceof Binary) || !(user_id in sealedFor)) continue;
            sealedFor[user_id] = (sealedFor[user_id] ?? 0) + 1;
            const keyId = Buffer.from(value.value()).subarray(1, 9).toString("base64url");
            expect(keyIds.includes(keyId)).toBe(user_id === ids.bob);
            const record = entry.name === "messages" ? `${fields.session_id}/${_id}` : _id;
            const opened = testCipher(db).open(user_id, { collection: entry.name, record, field }, value);
            if (user_id === ids.bob) await opened;
            else await expect(opened).rejects.toMatchObject({ code: "content_destroyed" });
          }
        }
      });
    }
    for (const count of Object.values(sealedFor)) expect(count).toBeGreaterThan(2);
  });

  it("touches nobody else", async () => {
    expect(withoutTimes(await exportOf(bob))).toBe(bobsBefore);
  });
});
