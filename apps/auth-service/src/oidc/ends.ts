import type { OidcError } from "@mobile-ai-agent/contracts";
import { HttpProblem } from "@mobile-ai-agent/service-kit";
import type { Response } from "express";
import type { Purpose } from "./oidc.ts";

/** The pages of the app that a browser can end at: no other, whatever a request says. */
const PAGES = { web: "/sign-in", link: "/settings" } as const;

/** What a browser takes along to where it ends. */
export type Result =
  | { readonly oidc_error: OidcError }
  /** For the app alone. */
  | { readonly code: string }
  | { readonly oidc: "second_factor" | "linked" };

/** Sends the browser on, and no cache keeps where. */
export function goTo(response: Response, address: string): void {
  response.status(302).set({ Location: address, "Cache-Control": "no-store" }).end();
}

/** Ends an attempt where it began: on a page, or in the app. */
export function endAt(
  response: Response,
  { purpose, appUrl, result }: { purpose: Purpose; appUrl: string; result: Result },
): void {
  const place = purpose.kind === "app" ? appUrl : PAGES[purpose.kind];
  goTo(response, `${place}?${new URLSearchParams(Object.entries(result))}`);
}

/** What who is no browser gets while a provider is away. */
export function away(cause: unknown): HttpProblem {
  return new HttpProblem(503, "Service Unavailable", "the provider can't be reached now; try again shortly", {
    headers: { "Retry-After": "10" },
    cause,
  });
}
