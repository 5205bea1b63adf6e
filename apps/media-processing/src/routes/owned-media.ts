import { MediaId } from "@mobile-ai-agent/contracts";
import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";
import type { MediaStore, StoredMedia } from "../media-store.ts";

/**
 * The picture or recording that the path names.
 *
 * @throws HttpProblem 404 when there is none, or it is another user's
 */
export async function ownedMedia(store: MediaStore, request: Request): Promise<StoredMedia> {
  const id = MediaId.safeParse(request.params.mediaId).data;
  const media = id === undefined ? undefined : await store.get(id);
  if (media?.userId !== userOf(request).sub) throw noSuchMedia();
  return media;
}

export function noSuchMedia(): HttpProblem {
  return new HttpProblem(404, "Not Found", "there is no such picture or recording");
}
