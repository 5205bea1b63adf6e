import { z } from "zod";
import { readKeys } from "./key-ring.ts";

const keys = z.string().transform((text, context) => {
  const found = readKeys(text);
  if (found) return found;
  context.addIssue({ code: "custom", message: "must be 32 bytes in base64, one key a line" });
  return z.NEVER;
});

/** What a service takes that reads or writes what users say. */
export const contentKeysConfig = z.object({
  CONTENT_KEYS: keys.describe(
    "master keys: the first one wraps the users' data keys, all unwrap; as a file, read again when it changes",
  ),
  CONTENT_KEYS_FILE: z.string().optional().describe("that file, to follow its changes"),
});

/** What a service takes that passes what users say through Redis. */
export const transitKeysConfig = z.object({
  TRANSIT_KEYS: keys.describe(
    "keys of texts on their way through Redis: the first one seals, all open; as a file, read again when it changes",
  ),
  TRANSIT_KEYS_FILE: z.string().optional().describe("that file, to follow its changes"),
});
