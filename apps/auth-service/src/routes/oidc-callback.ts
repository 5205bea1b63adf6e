import { OidcCallbackQuery, type OidcError } from "@mobile-ai-agent/contracts";
import { parseQuery } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { recordFailedSignIn } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { demandNavigation, isMarked } from "../oidc/browser.ts";
import { endAt, goTo } from "../oidc/ends.ts";
import { linkAccount, signInWith } from "../oidc/outcomes.ts";
import { type ProviderAccount, reasonOf } from "../oidc/providers.ts";

/**
 * GET /api/auth/oidc/:provider/callback → 302 to the app: signed in, with a code for it, linked, or with `oidc_error`.
 * Nothing of the request decides where: the attempt does, and there is one for this state, provider and browser, once.
 */
export function finishOidc(context: AuthContext): RequestHandler {
  const { audit, oidc } = context;
  return async (request, response) => {
    const { appUrl } = oidc;
    const { state } = parseQuery(OidcCallbackQuery, request);
    const provider = oidc.provider(String(request.params.provider));
    demandNavigation(request, { fromElsewhere: true });
    const failed = (reason: OidcError) => recordFailedSignIn(audit, request, { method: "oidc", reason });
    const attempt = await oidc.find(state);
    const isOfThisBrowser = attempt !== undefined && isMarked(request, attempt.browser);
    if (attempt?.provider !== provider.id || !isOfThisBrowser || !(await oidc.take(state))) {
      failed("expired");
      return endAt(response, { purpose: { kind: "web" }, appUrl, result: { oidc_error: "expired" } });
    }
    const { purpose, ...secrets } = attempt;
    const fail = (oidc_error: OidcError) => endAt(response, { purpose, appUrl, result: { oidc_error } });
    let account: ProviderAccount;
    try {
      account = await provider.redeem(queryOf(request.originalUrl), { ...secrets, state });
    } catch (error) {
      const reason = reasonOf(error);
      if (purpose.kind !== "link") failed(reason);
      return fail(reason);
    }
    const outcome =
      purpose.kind === "link"
        ? await linkAccount(context, purpose, { account, provider: provider.id })
        : await signInWith(context, { request, response }, { account, provider: provider.id, purpose });
    if ("oidc_error" in outcome) return fail(outcome.oidc_error);
    if ("home" in outcome) return goTo(response, "/");
    endAt(response, { purpose, appUrl, result: outcome });
  };
}

function queryOf(address: string): string {
  return address.split("?").slice(1).join("?");
}
