import { randomBytes } from "node:crypto";
import {
  type ContentCipher,
  createContentCipher,
  createTransitCipher,
  type KeyRing,
  openKeyRing,
  readKeys,
  type TransitCipher,
} from "@mobile-ai-agent/content-cipher";
import { createLogger } from "@mobile-ai-agent/service-kit";

/** Keys as the Secret `content-keys` has them, the same for all parts of one test process. */
export const CONTENT_ENV = { CONTENT_KEYS: newContentKeys(2), TRANSIT_KEYS: newContentKeys(2) } as const;

export function newContentKeys(count: number): string {
  return Array.from({ length: count }, () => randomBytes(32).toString("base64")).join("\n");
}

/** A ring of these keys, or of those in a file that is followed closely. */
export function ringOf(text: string, file?: string): KeyRing {
  const initial = readKeys(text);
  if (initial === undefined) throw new Error("no keys: 32 bytes as base64, one a line");
  return openKeyRing({ initial, file, name: "test keys", logger: createLogger("test", "none"), pollMs: 10 });
}

/** The cipher that services with `CONTENT_ENV` use. */
export function testCipher(db: Parameters<typeof createContentCipher>[0]): ContentCipher {
  return createContentCipher(db, ringOf(CONTENT_ENV.CONTENT_KEYS));
}

/** As `testCipher`, for Redis. */
export function testTransitCipher(): TransitCipher {
  return createTransitCipher(ringOf(CONTENT_ENV.TRANSIT_KEYS));
}

/** For a cipher that is to look each key up whenever it needs it: a clock by which its minute is always over. */
export function hurriedClock(): () => number {
  let time = 0;
  return () => (time += 60_001);
}
