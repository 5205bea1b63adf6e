import { user } from "@mobile-ai-agent/audit-log";
import { deletePrefix } from "@mobile-ai-agent/object-store";
import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { MediaContext } from "../context.ts";
import { prefixOf } from "../media-keys.ts";
import { ownedMedia } from "./owned-media.ts";

/** DELETE /api/media/:mediaId → 204. The document goes first: from then on nobody gets it, and the sweep does the rest. */
export function deleteMedia({ audit, media, objects }: MediaContext): RequestHandler {
  return async (request, response) => {
    const found = await ownedMedia(media, request);
    await media.remove(found.id);
    audit.record({
      ...{ action: "media.deleted", actor: user(userOf(request).sub), outcome: "success" },
      subject: { kind: "media", id: found.id },
    });
    await deletePrefix(objects, prefixOf(found));
    response.status(204).end();
  };
}
