import type { Logger } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import type { z } from "zod";
import type { contentKeysConfig, transitKeysConfig } from "./config.ts";
import { type ContentCipher, createContentCipher } from "./content-cipher.ts";
import { type KeyRing, openKeyRing } from "./key-ring.ts";
import { createTransitCipher, type TransitCipher } from "./transit-cipher.ts";

/** A service's cipher of contents, which follows its master keys until it is closed. */
export function openContentCipher(
  config: z.infer<typeof contentKeysConfig>,
  db: Db,
  logger: Logger,
): { cipher: ContentCipher; close(): void } {
  const ring = openMasterKeys(config, logger);
  return { cipher: createContentCipher(db, ring), close: ring.close };
}

export function openMasterKeys(config: z.infer<typeof contentKeysConfig>, logger: Logger): KeyRing {
  const { CONTENT_KEYS: initial, CONTENT_KEYS_FILE: file } = config;
  return openKeyRing({ initial, file, name: "content keys", logger });
}

/** As `openContentCipher`, for Redis. */
export function openTransitCipher(
  config: z.infer<typeof transitKeysConfig>,
  logger: Logger,
): { cipher: TransitCipher; close(): void } {
  const { TRANSIT_KEYS: initial, TRANSIT_KEYS_FILE: file } = config;
  const ring = openKeyRing({ initial, file, name: "transit keys", logger });
  return { cipher: createTransitCipher(ring), close: ring.close };
}
