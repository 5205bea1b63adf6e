import { createHash } from "node:crypto";
import type { RequestHandler } from "express";
import helmet from "helmet";

/**
 * React Native for Web makes an empty `<style>` and fills it through the CSSOM, which needs no more than this: a hash of
 * nothing lets nobody write a style into the page.
 */
const EMPTY_STYLE = hashOf("");
const HOST = /^[a-z0-9.-]+(:\d{1,5})?$/i;

/** Features of the browser that the app uses; the others are off, for frames too. */
const PERMISSIONS = [
  ...[
    "camera",
    "microphone",
    "clipboard-write",
    "publickey-credentials-get",
    "publickey-credentials-create",
  ].map((feature) => `${feature}=(self)`),
  ...["accelerometer", "display-capture", "geolocation", "gyroscope", "midi", "payment", "serial", "usb"].map(
    (feature) => `${feature}=()`,
  ),
].join(", ");

/**
 * Security headers of the app's page and files: it loads, runs and connects to nothing but its own origin, and what is
 * written into the page runs only if the build wrote it.
 *
 * @param html the page: the scripts and styles in it are admitted by their hashes
 */
export function contentSecurity(html: string): RequestHandler {
  const headers = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", ...inlineHashes(html, "script")],
        styleSrc: ["'self'", EMPTY_STYLE, ...inlineHashes(html, "style")],
        imgSrc: ["'self'", "blob:", "data:"],
        mediaSrc: ["'self'", "blob:"],
        fontSrc: ["'self'"],
        // Safari before 15.4 doesn't take `'self'` for sockets.
        connectSrc: ["'self'", (request) => socketOrigin(request.headers.host)],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: "deny" },
  });
  return (request, response, next) => {
    response.setHeader("Permissions-Policy", PERMISSIONS);
    headers(request, response, next);
  };
}

function socketOrigin(host: string | undefined): string {
  return host && HOST.test(host) ? `wss://${host}` : "'self'";
}

/** @returns the hashes of what stands in elements of that name, without those that name a file */
function inlineHashes(html: string, element: "script" | "style"): string[] {
  const inline = new RegExp(`<${element}(?![^>]*\\ssrc=)[^>]*>([\\s\\S]*?)</${element}>`, "gi");
  return [...html.matchAll(inline)].map(([, text = ""]) => hashOf(text));
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
