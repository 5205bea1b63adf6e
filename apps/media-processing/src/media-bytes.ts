import { Readable } from "node:stream";
import { type ContentCipher, ContentFault } from "@mobile-ai-agent/content-cipher";
import type { MediaVariant } from "@mobile-ai-agent/contracts";
import type { ByteRange, ObjectStore } from "@mobile-ai-agent/object-store";
import { keyOf } from "./media-keys.ts";
import type { StoredMedia } from "./media-store.ts";

/** The bytes of pictures and recordings, which the object store has sealed with their owner's key. */
export interface MediaBytes {
  /** @returns the salt, which is kept in the media's document */
  put(
    object: { media: Pick<StoredMedia, "id" | "userId">; variant: MediaVariant; contentType: string },
    body: Buffer | Readable,
  ): Promise<string>;
  /**
   * @param object.size of the variant, in bytes
   * @returns undefined when the object is not there, or its owner's key was destroyed
   * @throws RangeError when the range begins behind the end
   */
  get(
    object: { media: StoredMedia; variant: MediaVariant; size: number },
    range?: ByteRange,
  ): Promise<Readable | undefined>;
}

export function createMediaBytes(objects: ObjectStore, cipher: ContentCipher): MediaBytes {
  return {
    async put({ media, variant, contentType }, body) {
      const key = keyOf(media, variant);
      try {
        const { salt, body: sealed } = await cipher.sealBytes(media.userId, key, body);
        await objects.put(key, sealed, { contentType });
        return salt.toString("base64");
      } finally {
        // Also when nothing of it was read.
        if (body instanceof Readable) body.destroy();
      }
    },

    async get({ media, variant, size }, range) {
      const key = keyOf(media, variant);
      const salt = media.salts?.[variant];
      if (salt === undefined) return (await objects.get(key, range))?.body;
      const opening = await cipher
        .openBytes(media.userId, key, Buffer.from(salt, "base64"))
        .catch(absentIfErased);
      const found = opening && (await objects.get(key, range && opening.rangeOf(range)));
      if (found === undefined || opening === undefined) return undefined;
      const body = opening.open(found.body, size, range);
      found.body.once("error", (error) => body.destroy(error));
      // Who wants the headers only reads nothing.
      return body.once("close", () => found.body.destroy());
    },
  };
}

function absentIfErased(error: unknown): undefined {
  if (error instanceof ContentFault && error.code === "content_destroyed") return undefined;
  throw error;
}
