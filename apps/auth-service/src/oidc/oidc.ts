import { randomBytes } from "node:crypto";
import { HttpProblem, type Logger } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { createOneTimeTokens, type OneTimeTokens } from "../one-time-tokens.ts";
import { ATTEMPT_MS } from "./browser.ts";
import { createIdentities, type Identities } from "./identities.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { createOidcProvider, type OidcProvider, type Secrets } from "./providers.ts";

/** What somebody goes to a provider for: to sign in on a page or in the app, or to link their account here. */
export type Purpose =
  | { readonly kind: "web" }
  | { readonly kind: "app"; readonly challenge: string }
  | { readonly kind: "link"; readonly userId: string; readonly signIn: string };

interface Attempt extends Omit<Secrets, "state"> {
  readonly provider: string;
  readonly purpose: Purpose;
  /** Hash of what marks the browser that began it. */
  readonly browser: string;
}

/** What is left of a sign-in: tokens for who proves to be the one that began it. */
interface Ticket {
  readonly userId: string;
  /** Of when the provider had its say: what ends all sign-ins ends this one too. */
  readonly epoch: string;
  /** PKCE of the app; without it, the ticket is good from a page's cookie only. */
  readonly challenge?: string;
}

export interface Oidc {
  readonly providers: readonly OidcProvider[];
  readonly identities: Identities;
  readonly tickets: OneTimeTokens<Ticket>;
  /** Where a sign-in ends that the app began. */
  readonly appUrl: string;
  /** @throws HttpProblem 404 */
  provider(id: string): OidcProvider;
  /** @returns where the browser has to go; rejects with the provider's error */
  begin(provider: OidcProvider, purpose: Purpose, browser: string): Promise<string>;
  find(state: string): Promise<Attempt | undefined>;
  /** @returns whether this call is the one that took the state */
  take(state: string): Promise<boolean>;
  createIndexes(): Promise<void>;
  /** Deletes what has expired. */
  sweep(): Promise<void>;
}

/** Sign-in with OpenID Connect (Core 1.0): code flow with PKCE, state and nonce, as RFC 9700 advises. */
export function createOidc(
  db: Db,
  options: {
    settings: readonly ProviderSettings[];
    /** The platform's address. */
    platform: string;
    appUrl: string;
    logger: Logger;
  },
): Oidc {
  const { settings, platform, appUrl, logger } = options;
  const providers = settings.map((one) => {
    const { href } = new URL(`/api/auth/oidc/${one.id}/callback`, platform);
    return createOidcProvider(one, { callbackUrl: href, logger });
  });
  const attempts = createOneTimeTokens<Attempt>(db, "oidc_attempts");
  const tickets = createOneTimeTokens<Ticket>(db, "oidc_tickets");
  const identities = createIdentities(db);
  const kept = [attempts, tickets];

  return {
    ...{ providers, identities, tickets, appUrl },
    find: attempts.find,
    take: attempts.take,

    provider(id) {
      const found = providers.find((one) => one.id === id);
      if (!found) throw new HttpProblem(404, "Not Found", "there is no such provider");
      return found;
    },

    async begin(provider, purpose, browser) {
      const random = () => randomBytes(32).toString("base64url");
      const secrets = { nonce: random(), verifier: random() };
      const attempt = { ...secrets, provider: provider.id, purpose, browser };
      const state = await attempts.issue(attempt, ATTEMPT_MS);
      return provider.authorizationUrl({ ...secrets, state });
    },

    async createIndexes() {
      await identities.createIndexes();
      for (const one of kept) await one.createIndexes();
    },

    async sweep() {
      for (const one of kept) await one.sweep();
    },
  };
}
