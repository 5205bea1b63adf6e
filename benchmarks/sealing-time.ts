import { randomBytes } from "node:crypto";
import { newContentKeys, ringOf } from "@mobile-ai-agent/test-support";
import { decrypt, encrypt, IV_BYTES, KEY_BYTES } from "../packages/content-cipher/src/aes-gcm.ts";
import { openText, sealText } from "../packages/content-cipher/src/sealed-text.ts";
import { createTransitCipher } from "../packages/content-cipher/src/transit-cipher.ts";

import { compare } from "./side-by-side.ts";

const TIMES = 2000;

/** Prints what it costs to seal a text and to open it, beside AES-256-GCM of the same text with nothing around it. */
export function measureSealing(): void {
  const key = randomBytes(KEY_BYTES);
  const bare = (text: string) => {
    const iv = randomBytes(IV_BYTES);
    return decrypt(key, iv, iv, Buffer.concat(encrypt(key, iv, iv, text))).toString("utf8");
  };
  const dataKey = { id: randomBytes(8), key };
  const place = { collection: "messages", record: "session/message", field: "content" };
  const stored = (text: string) => openText(dataKey, "ann", place, sealText(dataKey, "ann", place, text));
  const ring = ringOf(newContentKeys(1));
  const transit = createTransitCipher(ring);
  const inRedis = (text: string) => transit.open(["run:1", "1-0"], transit.seal(["run:1", "1-0"], text));

  const messages = Array.from({ length: TIMES }, () => randomBytes(2000).toString("hex"));
  const tokens = Array.from({ length: TIMES }, (_, n) => ` token${n}`);
  process.stdout.write("sealing and opening, beside bare AES-256-GCM of the same text\n");
  console.table([
    { what: "messages of 4000 characters in the database", ...compare(messages, bare, stored) },
    { what: "tokens in Redis, each with a key of its own", ...compare(tokens, bare, inRedis) },
  ]);
  ring.close();
}
