import { createHmac, timingSafeEqual } from "node:crypto";
import {
  type MediaContentQuery,
  type MediaVariant,
  MediaVariant as Variant,
} from "@mobile-ai-agent/contracts";

const LIFETIME_S = 15 * 60;
/** Addresses made within it are the same, so that a client's cache knows them again; they hold for ten minutes at least. */
const STEP_S = 5 * 60;

export interface SignedUrls {
  /** @returns paths that answer without a token until `expires`, in seconds since the epoch */
  sign(id: string): { urls: Readonly<Record<MediaVariant, string>>; expires: number };
  /** Whether the address was signed here and still holds. */
  holds(id: string, query: MediaContentQuery): boolean;
}

/** Addresses that let their holder fetch one picture or recording for a quarter of an hour (HMAC-SHA-256). */
export function createSignedUrls(key: string, now: () => number = Date.now): SignedUrls {
  const signatureOf = (id: string, variant: MediaVariant, expires: number) =>
    createHmac("sha256", key).update(`${id}\n${variant}\n${expires}`).digest();
  return {
    sign(id) {
      const expires = Math.floor(now() / 1000 / STEP_S) * STEP_S + LIFETIME_S;
      const urlOf = (variant: MediaVariant) => {
        const signature = signatureOf(id, variant, expires).toString("base64url");
        return `/api/media/${id}/content?${new URLSearchParams({ variant, expires: String(expires), signature })}`;
      };
      const urls = Object.fromEntries(Variant.options.map((variant) => [variant, urlOf(variant)]));
      return { urls: urls as Record<MediaVariant, string>, expires };
    },
    holds(id, { variant, expires, signature }) {
      const given = Buffer.from(signature, "base64url");
      const expected = signatureOf(id, variant, expires);
      return given.length === expected.length && timingSafeEqual(given, expected) && expires * 1000 > now();
    },
  };
}
