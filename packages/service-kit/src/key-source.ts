import { createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";

const FETCH_TIMEOUT_MS = 5000;
/** So long a key is taken that the issuer has withdrawn. */
const FRESH_MS = 60_000;
/** How long the keys outlive an issuer that is away. */
const USABLE_MS = 60 * 60_000;
/** Between two fetches, however many unknown key ids are asked for. */
const COOLDOWN_MS = 1000;

/** Keys for ES256; others are no fault, and of no use here. */
const Jwk = z.object({
  kid: z.string(),
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  use: z.literal("sig").optional(),
  alg: z.literal("ES256").optional(),
});
const KeySet = z.object({ keys: z.array(z.unknown()).max(100) });

/**
 * The issuer's keys by id, ready to use. The whole set is kept, so that a key published ahead of its first use is known
 * by then. A minute after a fetch it is fetched again in the background; an unknown id asks at once, and at most once
 * a second, so that strangers' ids burden nobody.
 *
 * @returns undefined for a key that the issuer doesn't publish
 * @throws Error when the keys can't be had
 */
export function createKeySource(
  jwksUrl: string,
  fetch: typeof globalThis.fetch,
): (kid: string) => Promise<KeyObject | undefined> {
  let keys: ReadonlyMap<string, KeyObject> = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let failure: unknown;
  let underWay: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    triedAt = Date.now();
    try {
      const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
      if (!response.ok) throw new Error(`the JWKS could not be had: HTTP ${response.status}`);
      keys = readKeys(await response.json());
      fetchedAt = Date.now();
      failure = undefined;
    } catch (error) {
      failure = error;
    } finally {
      underWay = undefined;
    }
  }

  /** Joins the fetch under way, or begins one when the last was not a moment ago. */
  function refresh(): Promise<void> {
    if (underWay === undefined && Date.now() - triedAt >= COOLDOWN_MS) underWay = fetchKeys();
    return underWay ?? Promise.resolve();
  }

  return async (kid) => {
    const age = Date.now() - fetchedAt;
    const known = age < USABLE_MS ? keys.get(kid) : undefined;
    if (known) {
      if (age >= FRESH_MS) void refresh();
      return known;
    }
    await refresh();
    if (failure !== undefined) throw failure;
    return keys.get(kid);
  };
}

function readKeys(body: unknown): Map<string, KeyObject> {
  const known = new Map<string, KeyObject>();
  for (const given of KeySet.parse(body).keys) {
    const { data: key } = Jwk.safeParse(given);
    if (key === undefined) continue;
    const { kid, kty, crv, x, y } = key;
    known.set(kid, createPublicKey({ key: { kty, crv, x, y }, format: "jwk" }));
  }
  return known;
}
