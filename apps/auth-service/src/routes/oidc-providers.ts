import type { ProviderList } from "@mobile-ai-agent/contracts";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";

/** GET /api/auth/oidc/providers → ProviderList */
export function listOidcProviders({ oidc }: AuthContext): RequestHandler {
  return (_request, response) => {
    const body: ProviderList = { providers: oidc.providers.map(({ id, label }) => ({ id, label })) };
    response.set("Cache-Control", "public, max-age=60").json(body);
  };
}
