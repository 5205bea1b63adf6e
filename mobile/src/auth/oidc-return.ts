import { OidcError } from "@mobile-ai-agent/contracts";

/** Where a sign-in with a provider comes back to this app: its scheme, registered in app.config.ts. */
export const RETURN_URL = "mobile-ai-agent://signed-in";

const WORDS: Record<OidcError, string> = {
  cancelled: "The sign-in was cancelled.",
  expired: "That took too long, or began in another window. Try again.",
  failed: "The provider's answer can't be trusted, so nobody was signed in. Try again.",
  unavailable: "The provider can't be reached now. Try again shortly.",
  no_email: "The provider gives no verified email address, which an account needs.",
  email_taken:
    "There is an account with this email address. Sign in with its password, then link the provider in the settings.",
  identity_taken: "That account of the provider belongs to another account here.",
};

/** @returns a sentence for `oidc_error` of an address; undefined when there is none */
export function wordsFor(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return WORDS[OidcError.safeParse(error).data ?? "failed"];
}

/** Where a browser begins a sign-in with a provider; with a challenge (PKCE, S256) it comes back to the app. */
export function startUrl(serverUrl: string, provider: string, challenge?: string): string {
  const query = challenge === undefined ? "" : `?client=app&code_challenge=${challenge}`;
  return `${serverUrl}/api/auth/oidc/${encodeURIComponent(provider)}/start${query}`;
}

/** What came back to the app. */
export function readReturn(url: string): { code: string } | { fault: string } {
  const query = url.startsWith(`${RETURN_URL}?`) ? url.slice(RETURN_URL.length + 1) : "";
  const parameters = new URLSearchParams(query);
  const code = parameters.get("code");
  if (code) return { code };
  return { fault: wordsFor(parameters.get("oidc_error") ?? "failed") ?? WORDS.failed };
}
