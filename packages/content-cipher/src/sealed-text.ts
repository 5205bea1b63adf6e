import { randomBytes } from "node:crypto";
import { contextOf, decrypt, encrypt, IV_BYTES } from "./aes-gcm.ts";
import { ContentFault } from "./content-fault.ts";
import type { DataKey } from "./data-keys.ts";

const VERSION = 1;
const ID_BYTES = 8;
const HEAD_BYTES = 1 + ID_BYTES;

/** Where a content is stored: it opens nowhere else. */
export interface Place {
  readonly collection: string;
  /** What names the document, and never changes. */
  readonly record: string;
  readonly field: string;
}

/** @returns version (1 byte), id of the data key (8), nonce (12), ciphertext, tag (16) */
export function sealText(dataKey: DataKey, owner: string, place: Place, text: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const context = placeContext(owner, place);
  return Buffer.concat([Buffer.of(VERSION), dataKey.id, iv, ...encrypt(dataKey.key, iv, context, text)]);
}

/** @throws ContentFault `content_changed` */
export function openText(dataKey: DataKey, owner: string, place: Place, sealed: Buffer): string {
  if (sealed[0] !== VERSION) {
    throw new ContentFault(
      "content_changed",
      `a content is sealed in the form ${sealed[0]}, which is not known`,
    );
  }
  const id = sealed.subarray(1, HEAD_BYTES);
  if (!id.equals(dataKey.id)) {
    throw new ContentFault(
      "content_changed",
      `a content was sealed with the data key ${name(id)}, but user ${owner} has ${name(dataKey.id)}: it is another ` +
        "user's, or the keys restored are not those of this database (docs/runbooks/backup-and-restore.md)",
    );
  }
  const iv = sealed.subarray(HEAD_BYTES, HEAD_BYTES + IV_BYTES);
  const body = sealed.subarray(HEAD_BYTES + IV_BYTES);
  return decrypt(dataKey.key, iv, placeContext(owner, place), body).toString("utf8");
}

function placeContext(owner: string, { collection, record, field }: Place): Buffer {
  return contextOf("text", owner, collection, record, field);
}

const name = (id: Buffer) => id.toString("base64url");
