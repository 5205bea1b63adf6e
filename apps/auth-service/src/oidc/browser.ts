import { hash, randomBytes } from "node:crypto";
import { HttpProblem } from "@mobile-ai-agent/service-kit";
import { parseCookie } from "cookie";
import type { CookieOptions, Request, Response } from "express";

/** Milliseconds that somebody has to sign in at the provider. */
export const ATTEMPT_MS = 10 * 60_000;

/** The prefix lets nobody but this very host set it: RFC 6265bis, 4.1.3.2. Lax: it comes with the way back, too. */
const BROWSER = "__Host-oidc";
const BROWSER_ATTRIBUTES: CookieOptions = { httpOnly: true, secure: true, sameSite: "lax", path: "/" };
const TICKET = "__Secure-oidc_ticket";
const TICKET_ATTRIBUTES: CookieOptions = {
  ...{ httpOnly: true, secure: true, sameSite: "strict", path: "/api/auth/oidc" },
};

/**
 * Marks the browser that begins something, so that another one can't finish it. One that is marked already stays so, and
 * two tabs don't disturb each other.
 *
 * @returns the hash of the mark
 */
export function markBrowser(request: Request, response: Response): string {
  const kept = markOf(request);
  const mark = kept ?? randomBytes(32).toString("base64url");
  response.cookie(BROWSER, mark, { ...BROWSER_ATTRIBUTES, maxAge: ATTEMPT_MS });
  return hash("sha256", mark, "base64url");
}

export function isMarked(request: Request, hashed: string): boolean {
  const mark = markOf(request);
  return mark !== undefined && hash("sha256", mark, "base64url") === hashed;
}

function markOf(request: Request): string | undefined {
  const mark = parseCookie(request.get("cookie") ?? "")[BROWSER];
  return mark !== undefined && /^[\w-]{43}$/.test(mark) ? mark : undefined;
}

/** A sign-in of a page that waits for its second factor. */
export function setTicket(response: Response, ticket: string, ms: number): void {
  response.cookie(TICKET, ticket, { ...TICKET_ATTRIBUTES, maxAge: ms });
}
export function ticketOf(request: Request): string | undefined {
  return parseCookie(request.get("cookie") ?? "")[TICKET];
}
export function clearTicket(response: Response): void {
  response.clearCookie(TICKET, TICKET_ATTRIBUTES);
}

/** Whether a browser says that a person is on their way here. Other clients say nothing. */
export function isNavigation(request: Request): boolean {
  return request.get("sec-fetch-mode") === "navigate";
}

/**
 * Lets a browser come here as a whole page only, as Fetch Metadata tells: no picture, no frame, no script of any page.
 *
 * @param options.fromElsewhere whether another site may send it
 * @throws HttpProblem 403
 */
export function demandNavigation(request: Request, { fromElsewhere }: { fromElsewhere: boolean }): void {
  const mode = request.get("sec-fetch-mode") ?? "navigate";
  const destination = request.get("sec-fetch-dest") ?? "document";
  const site = request.get("sec-fetch-site") ?? "none";
  const comesWell = fromElsewhere || site === "none" || site === "same-origin";
  if (mode === "navigate" && destination === "document" && comesWell) return;
  throw new HttpProblem(403, "Forbidden", "begin the sign-in in the app, and in a window of its own");
}
