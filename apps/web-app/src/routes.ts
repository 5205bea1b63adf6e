import { extname } from "node:path";
import type { Express, Request, RequestHandler, Response } from "express";
import { contentSecurity } from "./content-security.ts";
import type { Site, SiteFile, Variant } from "./site.ts";

/** Addresses of others, and the folders of the build: what is not there is not the app's page either. */
const NEVER_PAGE = /^\/(api|ws|mcp|\.well-known|_expo|assets)(\/|$)/;

const PREFERRED = ["br", "gzip"] as const;
/** Headers are set here. Absolute paths go through folders that we don't name. */
const SEND = { etag: false, lastModified: false, cacheControl: false, dotfiles: "allow" } as const;

/** `GET` and `HEAD` of the build's files, and of its page wherever a browser goes to. */
export function mountRoutes(app: Express, site: Site): void {
  app.use(contentSecurity(site.html));
  app.get("/{*path}", serveFile(site), servePage(site));
}

function serveFile({ files }: Site): RequestHandler {
  return (request, response, next) => {
    const file = files.get(decode(request.path) ?? "");
    if (!file) return next();
    send(file, request, response, next);
  };
}

/** The app reads from the address what to show. Scripts and pictures that are not there must not become a page. */
function servePage({ page }: Site): RequestHandler {
  return (request, response, next) => {
    if (NEVER_PAGE.test(request.path) || !isNavigation(request)) return next();
    send(page, request, response, next);
  };
}

function isNavigation(request: Request): boolean {
  const mode = request.get("sec-fetch-mode");
  return (mode === undefined || mode === "navigate") && /\btext\/html\b/i.test(request.get("accept") ?? "");
}

function send(file: SiteFile, request: Request, response: Response, next: (error?: unknown) => void): void {
  const encoding = PREFERRED.find((name) => file.variants.has(name) && request.acceptsEncodings(name));
  const { path, etag } = file.variants.get(encoding ?? "identity") as Variant;
  if (file.variants.size > 1) response.vary("Accept-Encoding");
  if (encoding) response.set("Content-Encoding", encoding);
  response
    .type(extname(file.name))
    .set("ETag", etag)
    .set("Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache")
    .sendFile(path, SEND, (error?: NodeJS.ErrnoException) => {
      if (!error || error.code === "ECONNABORTED" || error.syscall === "write") return;
      // A range that is not in it: what was said of the file is not true of the problem.
      for (const header of ["Content-Encoding", "ETag", "Cache-Control"]) response.removeHeader(header);
      next(error);
    });
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
