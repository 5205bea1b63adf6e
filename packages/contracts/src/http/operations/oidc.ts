import { TokenResponse } from "../auth.ts";
import {
  ExchangeOidcCodeRequest,
  IdentityList,
  LinkIdentityRequest,
  LinkIdentityResponse,
  OidcCallbackQuery,
  ProviderList,
  StartOidcQuery,
} from "../oidc.ts";
import type { Operations } from "./operation.ts";

export const oidcOperations: Operations = {
  listOidcProviders: {
    method: "get",
    path: "/api/auth/oidc/providers",
    summary: "The providers that people can sign in with, besides a password.",
    access: "anyone",
    success: { status: 200, schema: ProviderList },
  },
  startOidc: {
    method: "get",
    path: "/api/auth/oidc/{provider}/start",
    summary: "Sign in with a provider (OpenID Connect): a browser goes here, and on to the provider.",
    access: "anyone",
    query: StartOidcQuery,
    success: { status: 302 },
    problems: [403],
  },
  finishOidc: {
    method: "get",
    path: "/api/auth/oidc/{provider}/callback",
    summary: "Where the provider sends the browser back to, which then goes on to the app.",
    access: "anyone",
    query: OidcCallbackQuery,
    success: { status: 302 },
    problems: [403],
  },
  exchangeOidcCode: {
    method: "post",
    path: "/api/auth/oidc/token",
    summary: "The tokens of a sign-in with a provider: for the app, or after a second factor.",
    access: "anyone",
    body: ExchangeOidcCodeRequest,
    success: { status: 200, schema: TokenResponse },
    problems: [401, 403, 429],
  },
  linkIdentity: {
    method: "post",
    path: "/api/auth/oidc/{provider}/link",
    summary: "Let an account with a provider sign in to the caller's account; for web pages.",
    access: "user",
    body: LinkIdentityRequest,
    success: { status: 200, schema: LinkIdentityResponse },
    problems: [403, 429],
  },
  listIdentities: {
    method: "get",
    path: "/api/auth/identities",
    summary: "The accounts with providers that sign in to the caller's account.",
    access: "user",
    success: { status: 200, schema: IdentityList },
  },
  removeIdentity: {
    method: "delete",
    path: "/api/auth/identities/{identityId}",
    summary: "Let an account with a provider sign in no more; not while there is no password.",
    access: "user",
    success: { status: 204 },
    problems: [409],
  },
};
