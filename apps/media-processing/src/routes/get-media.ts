import type { RequestHandler } from "express";
import type { MediaContext } from "../context.ts";
import { describeMedia } from "../describe-media.ts";
import { ownedMedia } from "./owned-media.ts";

/** GET /api/media/:mediaId → Media, with new addresses. */
export function getMedia({ media, signedUrls }: MediaContext): RequestHandler {
  return async (request, response) => {
    const found = await ownedMedia(media, request);
    response.set("Cache-Control", "no-store").json(describeMedia(found, signedUrls));
  };
}
