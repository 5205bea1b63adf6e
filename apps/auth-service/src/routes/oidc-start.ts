import { StartOidcQuery } from "@mobile-ai-agent/contracts";
import { parseQuery } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";
import { faultIn } from "../field-fault.ts";
import { demandNavigation, isNavigation, markBrowser } from "../oidc/browser.ts";
import { away, endAt, goTo } from "../oidc/ends.ts";
import type { Purpose } from "../oidc/oidc.ts";
import { reasonOf } from "../oidc/providers.ts";

/**
 * GET /api/auth/oidc/:provider/start?client=&code_challenge= → 302 to the provider. While that is away, a browser goes
 * back to where it came from, and others get 503.
 */
export function startOidc({ oidc }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { client, code_challenge: challenge } = parseQuery(StartOidcQuery, request);
    const provider = oidc.provider(String(request.params.provider));
    // An app's sign-in is its own by PKCE, wherever the browser's page comes from.
    demandNavigation(request, { fromElsewhere: client === "app" });
    if (client === "app" && challenge === undefined) throw faultIn("code_challenge", "is needed for the app");
    const purpose: Purpose =
      client === "app" && challenge !== undefined ? { kind: "app", challenge } : { kind: "web" };
    try {
      goTo(response, await oidc.begin(provider, purpose, markBrowser(request, response)));
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== "unavailable") throw error;
      if (!isNavigation(request)) throw away(error);
      endAt(response, { purpose, appUrl: oidc.appUrl, result: { oidc_error: reason } });
    }
  };
}
