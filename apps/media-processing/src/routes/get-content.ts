import { pipeline } from "node:stream/promises";
import { MediaContentQuery, MediaId } from "@mobile-ai-agent/contracts";
import { HttpProblem, parseQuery } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler } from "express";
import type { MediaContext } from "../context.ts";
import { noSuchMedia } from "./owned-media.ts";

/** What is served is somebody's upload, made anew: it runs nothing and loads nothing all the same. */
const HARMLESS = {
  "Content-Security-Policy": "default-src 'none'; sandbox",
  "Content-Disposition": "inline",
  // Who has the address may show it on any page; without one, a page gets nothing.
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Accept-Ranges": "bytes",
};

/** GET /api/media/:mediaId/content: the bytes, for who has a signed address; with Range, a part of them. */
export function getContent({ media, mediaBytes, signedUrls }: MediaContext): RequestHandler {
  return async (request, response) => {
    const query = parseQuery(MediaContentQuery, request);
    const id = MediaId.safeParse(request.params.mediaId).data;
    if (id === undefined || !signedUrls.holds(id, query)) {
      throw new HttpProblem(
        403,
        "Forbidden",
        "the address is not valid, or not any more: get the media again",
      );
    }
    const found = await media.get(id);
    const size = query.variant === "full" ? found?.bytes : found?.thumbnailBytes;
    if (found === undefined || size === undefined) throw noSuchMedia();

    const etag = `"${id}-${query.variant}"`;
    const range = rangeOf(request, size, etag);
    const body = await mediaBytes.get({ media: found, variant: query.variant, size }, range);
    if (body === undefined) throw noSuchMedia();
    // Not before there is something: a cache would keep a problem too.
    const age = Math.max(0, query.expires - Math.floor(Date.now() / 1000));
    response.set({
      ...HARMLESS,
      "Content-Type": found.contentType,
      "Cache-Control": `private, max-age=${age}, immutable`,
      ETag: etag,
    });
    if (request.fresh || request.method === "HEAD") body.destroy();
    if (request.fresh) return void response.status(304).end();
    if (range) response.status(206).set("Content-Range", `bytes ${range.start}-${range.end}/${size}`);
    response.set("Content-Length", String(range ? range.end - range.start + 1 : size));
    if (request.method === "HEAD") return void response.end();
    await pipeline(body, response).catch((error: NodeJS.ErrnoException) => {
      // The one who asked went away.
      if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    });
  };
}

/**
 * One range; several at once, what is no range, and a part of something else get the whole (RFC 9110, 13.1.5 and 14.2).
 *
 * @throws HttpProblem 416 for one that lies beyond the end
 */
function rangeOf(request: Request, size: number, etag: string): { start: number; end: number } | undefined {
  if ((request.get("if-range") ?? etag) !== etag) return undefined;
  const ranges = request.range(size);
  if (ranges === -1) {
    const headers = { "Content-Range": `bytes */${size}` };
    throw new HttpProblem(416, "Range Not Satisfiable", `there are ${size} bytes`, { headers });
  }
  if (ranges === undefined || ranges === -2 || ranges.type !== "bytes" || ranges.length !== 1)
    return undefined;
  return ranges[0];
}
