import { connectMongo } from "@mobile-ai-agent/service-kit";
import { startMongo } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRefreshTokens, type RefreshTokens } from "./refresh-tokens.ts";

const clock = { now: Date.now() };
let mongo: Awaited<ReturnType<typeof startMongo>>;
let database: Awaited<ReturnType<typeof connectMongo>>;
let refreshTokens: RefreshTokens;

beforeAll(async () => {
  mongo = await startMongo();
  database = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
  refreshTokens = createRefreshTokens(database.db, { ttl: 3600, retryWindow: 10, now: () => clock.now });
  await refreshTokens.createIndexes();
});
afterAll(async () => {
  await database?.close();
  await mongo?.stop();
});

const later = (seconds: number) => {
  clock.now += seconds * 1000;
};

async function rotated(token: string): Promise<string> {
  const next = await refreshTokens.rotate(token);
  if (!next) throw new Error("the token was refused");
  return next.token;
}

describe("createRefreshTokens", () => {
  it("gives the next token, again and again, and the user it is of", async () => {
    const first = await refreshTokens.issue("ann");
    const second = await rotated(first);
    expect(await refreshTokens.rotate(second)).toMatchObject({ userId: "ann" });
  });

  it("revokes the family when a rotated token comes again after the window", async () => {
    const first = await refreshTokens.issue("ann");
    const second = await rotated(first);
    later(11);
    expect(await refreshTokens.rotate(first)).toBeUndefined();
    expect(await refreshTokens.rotate(second)).toBeUndefined();
  });

  it("revokes the family when a token before the last one comes again, also within the window", async () => {
    const first = await refreshTokens.issue("ann");
    const third = await rotated(await rotated(first));
    expect(await refreshTokens.rotate(first)).toBeUndefined();
    expect(await refreshTokens.rotate(third)).toBeUndefined();
  });

  it("answers a retry within the window with a token that works; using it ends its sibling", async () => {
    const first = await refreshTokens.issue("ann");
    const lost = await rotated(first);
    later(9);
    const retried = await rotated(first);
    expect(retried).not.toBe(lost);
    const next = await rotated(retried);
    later(11);
    expect(await refreshTokens.rotate(lost)).toBeUndefined();
    expect(await refreshTokens.rotate(next)).toBeUndefined();
  });

  it("lets one generation pass, however many refresh at once", async () => {
    const first = await refreshTokens.issue("ann");
    const results = await Promise.all(Array.from({ length: 5 }, () => refreshTokens.rotate(first)));
    expect(new Set(results.map((result) => result?.token)).size).toBe(5);
    later(11);
    const [one, two] = results.map((result) => result?.token ?? "");
    const next = await rotated(one ?? "");
    later(11);
    expect(await refreshTokens.rotate(two ?? "")).toBeUndefined();
    expect(await refreshTokens.rotate(next)).toBeUndefined();
  });

  it("leaves other sign-ins alone when one is revoked", async () => {
    const [phone, tablet] = [await refreshTokens.issue("ann"), await refreshTokens.issue("ann")];
    await refreshTokens.revoke(phone);
    await refreshTokens.revoke("unknown");
    expect(await refreshTokens.rotate(phone)).toBeUndefined();
    expect(await refreshTokens.rotate(tablet)).toBeDefined();
  });

  it("refuses an expired token, and sweeps what has expired", async () => {
    const old = await refreshTokens.issue("ann");
    later(3601);
    const fresh = await refreshTokens.issue("ann");
    expect(await refreshTokens.rotate(old)).toBeUndefined();
    await refreshTokens.sweep();
    expect(await database.db.collection("refresh_tokens").countDocuments()).toBe(1);
    expect(await database.db.collection("refresh_families").countDocuments()).toBe(1);
    expect(await refreshTokens.rotate(fresh)).toBeDefined();
  });

  it("keeps no token in the database", async () => {
    const token = await refreshTokens.issue("ann");
    const documents = await database.db.collection("refresh_tokens").find().toArray();
    expect(JSON.stringify(documents)).not.toContain(token);
  });
});
