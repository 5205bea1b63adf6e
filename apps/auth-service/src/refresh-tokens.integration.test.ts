import { connectMongo } from "@mobile-ai-agent/service-kit";
import { startMongo } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRefreshTokens, type RefreshTokens, type SignIn } from "./refresh-tokens.ts";

/** Families that were said to end. */
const revoked: string[] = [];
const clock = { now: Date.now() };
let mongo: Awaited<ReturnType<typeof startMongo>>;
let database: Awaited<ReturnType<typeof connectMongo>>;
let refreshTokens: RefreshTokens;

beforeAll(async () => {
  mongo = await startMongo();
  database = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
  const onRevoke = async (ids: readonly string[]) => {
    revoked.push(...ids);
  };
  const now = () => clock.now;
  refreshTokens = createRefreshTokens(database.db, { ttl: 3600, retryWindow: 10, onRevoke, now });
  await refreshTokens.createIndexes();
});
afterAll(async () => {
  await database?.close();
  await mongo?.stop();
});

const later = (seconds: number) => {
  clock.now += seconds * 1000;
};

async function signedIn(user: string): Promise<SignIn> {
  const signIn = await refreshTokens.issue(user, await refreshTokens.epochOf(user));
  if (!signIn) throw new Error("the sign-in was overtaken");
  return signIn;
}

/** @returns the token of a new sign-in */
async function issued(): Promise<string> {
  return (await signedIn("ann")).token;
}

async function rotated(token: string): Promise<string> {
  const next = await refreshTokens.rotate(token);
  if (!next) throw new Error("the token was refused");
  return next.token;
}

describe("createRefreshTokens", () => {
  it("gives the next token, again and again, and the user it is of", async () => {
    const first = await issued();
    const second = await rotated(first);
    expect(await refreshTokens.rotate(second)).toMatchObject({ userId: "ann" });
  });

  it("revokes the family when a rotated token comes again after the window", async () => {
    const first = await issued();
    const second = await rotated(first);
    later(11);
    revoked.length = 0;
    expect(await refreshTokens.rotate(first)).toBeUndefined();
    expect(revoked).toHaveLength(1);
    expect(await refreshTokens.rotate(second)).toBeUndefined();
  });

  it("revokes the family when a token before the last one comes again, also within the window", async () => {
    const first = await issued();
    const third = await rotated(await rotated(first));
    expect(await refreshTokens.rotate(first)).toBeUndefined();
    expect(await refreshTokens.rotate(third)).toBeUndefined();
  });

  it("answers a retry within the window with a token that works; using it ends its sibling", async () => {
    const first = await issued();
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
    const first = await issued();
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
    const [phone, tablet] = [await issued(), await issued()];
    const ended = await refreshTokens.revoke(phone);
    expect(ended).toEqual({ userId: "ann", familyId: expect.any(String) });
    for (const again of [phone, "unknown"]) expect(await refreshTokens.revoke(again)).toBeUndefined();
    expect(await refreshTokens.rotate(phone)).toBeUndefined();
    expect(await refreshTokens.rotate(tablet)).toBeDefined();
  });

  it("ends all sign-ins of a user but one, says so first, and nobody else's", async () => {
    const [kept, ended, other] = await Promise.all(["eve", "eve", "bob"].map(signedIn));
    if (!kept || !ended || !other) throw new Error("three sign-ins were expected");
    revoked.length = 0;
    await refreshTokens.revokeAll("eve", { except: kept.familyId });
    expect(revoked).toEqual([ended.familyId]);
    const active = [kept, ended, other].map(({ familyId }) => refreshTokens.isActive(familyId));
    expect(await Promise.all(active)).toEqual([true, false, true]);
    await refreshTokens.revokeAll("eve");
    expect(await refreshTokens.rotate(kept.token)).toBeUndefined();
    expect(await refreshTokens.rotate(other.token)).toBeDefined();
  });

  it("issues nothing that outlives the end of all sign-ins, whichever of the two comes first", async () => {
    for (let round = 0; round < 20; round += 1) {
      const user = `racer-${round}`;
      const epoch = await refreshTokens.epochOf(user);
      const ends = [1, 2].map(() => refreshTokens.revokeAll(user));
      const [signIn] = await Promise.all([refreshTokens.issue(user, epoch), ...ends]);
      if (signIn) expect(await refreshTokens.rotate(signIn.token)).toBeUndefined();
      expect(await refreshTokens.issue(user, epoch)).toBeUndefined();
      expect(await database.db.collection("refresh_families").countDocuments({ user_id: user })).toBe(0);
      expect(await refreshTokens.rotate((await signedIn(user)).token)).toBeDefined();
    }
  });

  it("refuses an expired token, and sweeps what has expired", async () => {
    const old = await issued();
    later(3601);
    const fresh = await issued();
    expect(await refreshTokens.rotate(old)).toBeUndefined();
    await refreshTokens.sweep();
    expect(await database.db.collection("refresh_tokens").countDocuments()).toBe(1);
    expect(await database.db.collection("refresh_families").countDocuments()).toBe(1);
    expect(await refreshTokens.rotate(fresh)).toBeDefined();
  });

  it("keeps no token in the database", async () => {
    const token = await issued();
    const documents = await database.db.collection("refresh_tokens").find().toArray();
    expect(JSON.stringify(documents)).not.toContain(token);
  });
});
