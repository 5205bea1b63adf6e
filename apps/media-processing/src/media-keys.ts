import type { MediaVariant } from "@mobile-ai-agent/contracts";
import type { StoredMedia } from "./media-store.ts";

/** Under this the object store has a user's pictures and recordings, each with its variants. */
export const MEDIA_PREFIX = "media/";

/** By user first, so that all of one can be found without the database. */
export function keyOf({ userId, id }: Pick<StoredMedia, "userId" | "id">, variant: MediaVariant): string {
  return `${prefixOf({ userId, id })}${variant}`;
}

/** @returns what the keys of all variants begin with */
export function prefixOf({ userId, id }: Pick<StoredMedia, "userId" | "id">): string {
  return `${MEDIA_PREFIX}${userId}/${id}/`;
}

/** @returns what the keys of all of a user's begin with */
export function userPrefixOf(userId: string): string {
  return `${MEDIA_PREFIX}${userId}/`;
}

/** @returns the media's id in an object's key; nothing's id where the key is none of ours */
export function idIn(key: string): string {
  return key.split("/")[2] ?? "";
}
