import type { Express, Request, RequestHandler, Response } from "express";
import { type Docs, readDocs } from "./read-docs.ts";

/**
 * The page loads, runs and asks nothing but its own origin, and nothing that is written into it runs. Its pictures are in
 * its style sheet. Requests that a reader tries out are its own; a form is never sent.
 */
const POLICY = [
  "default-src 'none'",
  ...["script-src", "style-src", "connect-src"].map((directive) => `${directive} 'self'`),
  "img-src 'self' data:",
  ...["base-uri", "form-action", "frame-ancestors"].map((directive) => `${directive} 'none'`),
].join("; ");

const YEAR = "public, max-age=31536000, immutable";

/**
 * `GET /api/docs`: the API's description as a page, by Swagger UI. For people: the description itself doesn't list it.
 *
 * @param limit counts its requests like any other of the API
 */
export function serveDocs(app: Express, limit: RequestHandler): void {
  let reading: Promise<Docs> | undefined;
  const docs = () => {
    reading ??= readDocs();
    reading.catch(() => {
      reading = undefined;
    });
    return reading;
  };

  app.get("/api/docs", limit, async (request, response) => {
    const { page } = await docs();
    send(page, "no-cache", { request, response });
  });

  app.get("/api/docs/:version/:name", limit, async (request, response, next) => {
    const { files, version } = await docs();
    const file = files.get(String(request.params.name));
    if (!file) return next();
    // While an update goes on, the page and its files may come from gateways that differ: what fits for now is not kept.
    send(file, request.params.version === version ? YEAR : "no-cache", { request, response });
  });
}

function send(
  { type, etag, plain, compressed }: Docs["page"],
  cacheControl: string,
  { request, response }: { request: Request; response: Response },
): void {
  const encoding = request.acceptsEncodings("gzip", "identity");
  const headers = { "Content-Type": type, "Cache-Control": cacheControl, ETag: etag };
  response.set({ ...headers, "Content-Security-Policy": POLICY });
  response.vary("Accept-Encoding");
  if (encoding === "gzip") response.set("Content-Encoding", "gzip");
  response.send(encoding === "gzip" ? compressed : plain);
}
