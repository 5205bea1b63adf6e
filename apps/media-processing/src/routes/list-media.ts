import { ListMediaQuery, type MediaList } from "@mobile-ai-agent/contracts";
import { parseQuery, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { MediaContext } from "../context.ts";
import { describeMedia } from "../describe-media.ts";

/** GET /api/media?after=&limit= → MediaList: the caller's own, with new addresses. */
export function listMedia({ media, signedUrls }: MediaContext): RequestHandler {
  return async (request, response) => {
    const { after, limit } = parseQuery(ListMediaQuery, request);
    // One more than asked for tells whether there is another page.
    const found = await media.list(userOf(request).sub, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const body: MediaList = {
      media: page.map((item) => describeMedia(item, signedUrls)),
      next_after: found.length > limit ? (page.at(-1)?.id ?? null) : null,
    };
    response.set("Cache-Control", "no-store").json(body);
  };
}
