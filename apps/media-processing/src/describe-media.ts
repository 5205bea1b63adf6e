import type { Media } from "@mobile-ai-agent/contracts";
import type { StoredMedia } from "./media-store.ts";
import type { SignedUrls } from "./signed-urls.ts";

/** @returns what the API tells of a picture or a recording, with addresses that are new */
export function describeMedia(media: StoredMedia, signedUrls: SignedUrls): Media {
  const { id, kind, contentType, bytes, width, height, durationSeconds, createdAt } = media;
  const { urls, expires } = signedUrls.sign(id);
  return {
    ...{ id, kind, content_type: contentType, bytes },
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(durationSeconds !== undefined && { duration_seconds: durationSeconds }),
    url: urls.full,
    ...(media.thumbnailBytes !== undefined && { thumbnail_url: urls.thumbnail }),
    urls_expire_at: new Date(expires * 1000).toISOString(),
    created_at: createdAt.toISOString(),
  };
}
