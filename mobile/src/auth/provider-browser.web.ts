import { startUrl } from "./oidc-return.ts";
import type { Visit } from "./provider-browser.ts";

/** Leaves this page; the sign-in ends at it again, with the refresh token in its cookie. */
export async function visitProvider(serverUrl: string, provider: string): Promise<Visit> {
  window.location.assign(startUrl(serverUrl, provider));
  return { end: "gone" };
}
