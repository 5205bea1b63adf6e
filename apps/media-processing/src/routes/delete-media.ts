import { MediaVariant } from "@mobile-ai-agent/contracts";
import type { RequestHandler } from "express";
import type { MediaContext } from "../context.ts";
import { keyOf } from "../media-keys.ts";
import { ownedMedia } from "./owned-media.ts";

/** DELETE /api/media/:mediaId → 204. The document goes first: from then on nobody gets it, and the sweep does the rest. */
export function deleteMedia({ media, objects }: MediaContext): RequestHandler {
  return async (request, response) => {
    const found = await ownedMedia(media, request);
    await media.remove(found.id);
    await Promise.all(MediaVariant.options.map((variant) => objects.delete(keyOf(found, variant))));
    response.status(204).end();
  };
}
