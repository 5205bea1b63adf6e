import type { Logger } from "@mobile-ai-agent/service-kit";
import * as oidc from "openid-client";
import type { ProviderSettings } from "./provider-settings.ts";

/** What a provider says of itself is asked for again after this. */
const RENEW_MS = 3_600_000;
/** While that fails, what it said before goes on, and it is not asked for so long. */
const RETRY_MS = 60_000;
const PATIENCE_S = 5;

/** What belongs to one sign-in, and is checked when the browser comes back. */
export interface Secrets {
  readonly state: string;
  readonly nonce: string;
  /** PKCE: RFC 7636. */
  readonly verifier: string;
}

/** Who somebody is at a provider. `issuer` and `subject` together never change, nor become another's. */
export interface ProviderAccount {
  readonly issuer: string;
  readonly subject: string;
  /** Unless the provider says that it has not been verified. */
  readonly email: string | undefined;
  readonly name: string | undefined;
}

export interface OidcProvider {
  readonly id: string;
  readonly label: string;
  /** Where a browser goes to sign in. @throws Error when the provider can't be reached: see `reasonOf` */
  authorizationUrl(secrets: Secrets): Promise<string>;
  /**
   * Takes what came back with the browser for who it is. The library checks state, `iss` (RFC 9207) and the ID token:
   * signature, issuer, audience, nonce, times (OpenID Connect Core 1.0, 3.1.3.7).
   *
   * @param query as it came, without the question mark
   * @throws Error when anything is not as it has to be: see `reasonOf`
   */
  redeem(query: string, secrets: Secrets): Promise<ProviderAccount>;
}

/**
 * @param options.callbackUrl the one exact address that the provider may send a browser back to
 */
export function createOidcProvider(
  settings: ProviderSettings,
  { callbackUrl, logger }: { callbackUrl: string; logger: Logger },
): OidcProvider {
  const { id, label, scopes } = settings;
  const configuration = keepFresh(() => discover(settings), { id, logger });
  return {
    id,
    label,

    async authorizationUrl({ state, nonce, verifier }) {
      const parameters = {
        redirect_uri: callbackUrl,
        scope: scopes.join(" "),
        ...{ state, nonce },
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
      };
      return oidc.buildAuthorizationUrl(await configuration(), parameters).href;
    },

    redeem(query, secrets) {
      return redeem(query, secrets).catch((error) => {
        // Without what the error has of tokens.
        const { message: fault, code } = error as Error & { code?: string };
        logger.warn("a sign-in came to nothing", { provider: id, reason: reasonOf(error), fault, code });
        throw error;
      });
    },
  };

  async function redeem(query: string, { state, nonce, verifier }: Secrets): Promise<ProviderAccount> {
    const config = await configuration();
    const tokens = await oidc.authorizationCodeGrant(config, new URL(`${callbackUrl}?${query}`), {
      ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error("there is no ID token");
    // In the code flow, most claims are there only: OpenID Connect Core 1.0, 5.4.
    const about =
      typeof claims.email === "string" || !config.serverMetadata().userinfo_endpoint
        ? claims
        : await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: about.email_verified === false ? undefined : textOf(about.email),
      name: textOf(about.preferred_username) ?? textOf(about.name),
    };
  }
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === "string" && claim !== "" ? claim : undefined;
}

function discover(settings: ProviderSettings): Promise<oidc.Configuration> {
  const { issuer, client_id, client_secret, token_endpoint_auth_method: method } = settings;
  const authentication =
    client_secret === undefined
      ? oidc.None()
      : method === "client_secret_post"
        ? oidc.ClientSecretPost(client_secret)
        : oidc.ClientSecretBasic(client_secret);
  return oidc.discovery(new URL(issuer), client_id, undefined, authentication, {
    timeout: PATIENCE_S,
    execute: [
      // Otherwise the library takes the TLS connection's word for who made an ID token.
      oidc.enableNonRepudiationChecks,
      ...(issuer.startsWith("http:") ? [oidc.allowInsecureRequests] : []),
    ],
  });
}

/** Asks when it is first needed, once for all who wait, and again when it is old; the old one stays while that fails. */
function keepFresh<T>(load: () => Promise<T>, { id, logger }: { id: string; logger: Logger }) {
  let kept: { value: T; until: number } | undefined;
  let flight: Promise<T> | undefined;

  async function renew(): Promise<T> {
    try {
      const value = await load();
      kept = { value, until: Date.now() + RENEW_MS };
      return value;
    } catch (error) {
      logger.warn("a provider can't be asked about itself", { provider: id, error });
      if (!kept) throw error;
      kept = { ...kept, until: Date.now() + RETRY_MS };
      return kept.value;
    } finally {
      flight = undefined;
    }
  }

  return async (): Promise<T> => {
    if (kept && kept.until > Date.now()) return kept.value;
    flight ??= renew();
    return flight;
  };
}

/** What an error of a provider means to the person: they said no, it is away, or something is not as it has to be. */
export function reasonOf(error: unknown): "cancelled" | "unavailable" | "failed" {
  const { error: code } = error instanceof oidc.AuthorizationResponseError ? error : {};
  if (code === "access_denied") return "cancelled";
  if (code === "temporarily_unavailable" || code === "server_error") return "unavailable";
  return isAway(error) ? "unavailable" : "failed";
}

function isAway(error: unknown): boolean {
  // A `fetch` that gets no answer is a TypeError with the network's word as its cause.
  if (error instanceof TypeError && error.cause !== undefined && !("code" in error)) return true;
  if (!(error instanceof oidc.ClientError)) return false;
  if (error.code === "OAUTH_TIMEOUT") return true;
  return error.cause instanceof Response && error.cause.status >= 500;
}
