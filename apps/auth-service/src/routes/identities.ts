import {
  type IdentityList,
  LinkIdentityRequest,
  type LinkIdentityResponse,
} from "@mobile-ai-agent/contracts";
import { HttpProblem, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { recordIdentity } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { markBrowser } from "../oidc/browser.ts";
import { away } from "../oidc/ends.ts";
import { reasonOf } from "../oidc/providers.ts";
import { provePassword } from "../prove-password.ts";
import { unauthorized } from "../unauthorized.ts";

/** GET /api/auth/identities → IdentityList */
export function listIdentities({ oidc }: AuthContext): RequestHandler {
  const labelOf = (provider: string) => oidc.providers.find(({ id }) => id === provider)?.label ?? provider;
  return async (request, response) => {
    const found = await oidc.identities.list(userOf(request).sub);
    const identities = found.map(({ _id, provider, email, created_at, last_used_at }) => ({
      ...{ id: _id, provider, label: labelOf(provider), email },
      created_at: created_at.toISOString(),
      last_used_at: last_used_at?.toISOString() ?? null,
    }));
    const body: IdentityList = { identities };
    response.set("Cache-Control", "no-store").json(body);
  };
}

/**
 * POST /api/auth/oidc/:provider/link → LinkIdentityResponse: where this browser goes, which it alone can come back from;
 * 403 for a wrong password, 503 while the provider is away.
 */
export function linkIdentity(context: AuthContext): RequestHandler {
  const { oidc } = context;
  return async (request, response) => {
    const { password } = parseBody(LinkIdentityRequest, request);
    const provider = oidc.provider(String(request.params.provider));
    const { id } = await provePassword(context, request, password);
    const purpose = { kind: "link", userId: id, signIn: userOf(request).sid } as const;
    try {
      const body: LinkIdentityResponse = {
        url: await oidc.begin(provider, purpose, markBrowser(request, response)),
      };
      response.set("Cache-Control", "no-store").json(body);
    } catch (error) {
      throw reasonOf(error) === "unavailable" ? away(error) : error;
    }
  };
}

/** DELETE /api/auth/identities/:identityId → 204; 404 for another's, 409 when the account has no password. */
export function removeIdentity({ audit, users, oidc }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { sub } = userOf(request);
    const id = String(request.params.identityId);
    const mine = await oidc.identities.list(sub);
    const identity = mine.find(({ _id }) => _id === id);
    if (!identity) throw new HttpProblem(404, "Not Found", "you have no such identity");
    const found = await users.findCredentials(sub);
    if (!found) throw unauthorized("the user of this access token is gone; sign in again");
    // A password is what another identity takes to be added, and never goes away: so nothing can change in between.
    if (found.passwordHash === undefined)
      throw new HttpProblem(409, "Conflict", "this is the only way to sign in: set a password first");
    if (await oidc.identities.remove(sub, id)) {
      const { provider } = identity;
      recordIdentity(audit, "identity.removed", { userId: sub, provider, identity: id });
    }
    response.status(204).end();
  };
}
