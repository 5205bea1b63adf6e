import { TokenResponse, User } from "@mobile-ai-agent/contracts";
import {
  createBrowser,
  createIssuer,
  describedFetch,
  startMongo,
  startRedis,
  type TestBrowser,
} from "@mobile-ai-agent/test-support";
import {
  type ProviderPerson,
  startOidcProvider,
  type TestOidcProvider,
} from "@mobile-ai-agent/test-support/oidc-provider";
import type { AuthContext } from "../context.ts";
import { runAuthService } from "./run-auth-service.ts";

export const PROVIDERS = ["alpha", "beta"] as const;
type ProviderName = (typeof PROVIDERS)[number];

/** Where people find the platform; the browsers of `newBrowser` know where it really is. */
export const PLATFORM = "https://issuer.test";
const SECRET = "the-secret-of-a-client-in-a-test";

/** auth-service with two providers that people can sign in with: `alpha` has a secret client, `beta` a public one. */
export async function runWithProviders(options: { change?: (context: AuthContext) => AuthContext } = {}) {
  const cleanup = new AsyncDisposableStack();
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  const start = (name: ProviderName, secret?: string) =>
    startOidcProvider({
      clientId: `${name}-client`,
      redirectUri: `${PLATFORM}/api/auth/oidc/${name}/callback`,
      ...(secret !== undefined && { secret }),
    });
  const providers: Record<ProviderName, TestOidcProvider> = {
    alpha: await start("alpha", SECRET),
    beta: await start("beta"),
  };
  for (const provider of Object.values(providers)) cleanup.defer(() => provider.stop());
  const settings = PROVIDERS.map((id) => ({
    ...{ id, label: `Provider ${id}`, issuer: providers[id].issuer, client_id: `${id}-client` },
    ...(id === "alpha" && { client_secret: SECRET }),
  }));
  const service = await runAuthService({
    ...{ mongo, redis, issuer: createIssuer({ issuer: PLATFORM }) },
    env: { TRUSTED_PROXY_COUNT: "1", OIDC_PROVIDERS: JSON.stringify(settings) },
    ...options,
  });
  cleanup.defer(() => service.stop());
  return {
    ...{ mongo, providers },
    ...createCalls(service.origin, providers),
    stop: () => cleanup.disposeAsync(),
  };
}

interface CallOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a person, their browser and the app do. */
function createCalls(base: string, providers: Record<ProviderName, TestOidcProvider>) {
  let count = 0;
  const newBrowser = (): TestBrowser => createBrowser({ [PLATFORM]: base });

  const send = (method: string, path: string, { token, headers, body }: CallOptions & { body?: object }) => {
    // Each from another network: pauses are not what is tried here.
    count += 1;
    const own = { "content-type": "application/json", "x-forwarded-for": `192.0.2.${count % 250}` };
    return describedFetch(base + path, {
      method,
      headers: { ...own, ...(token && { authorization: `Bearer ${token}` }), ...headers },
      body: body ? JSON.stringify(body) : null,
    });
  };
  const get = (path: string, options: CallOptions = {}) => send("GET", path, options);
  const remove = (path: string, options: CallOptions = {}) => send("DELETE", path, options);
  const post = (path: string, body: object, options: CallOptions = {}) =>
    send("POST", path, { ...options, body });

  /** The way back from the provider, not gone yet. */
  async function untilCallback(
    person: ProviderPerson | undefined,
    options: { browser?: TestBrowser; query?: string; provider?: ProviderName; start?: string } = {},
  ) {
    const { browser = newBrowser(), query = "", provider = "alpha" } = options;
    providers[provider].person = person;
    const start = options.start ?? (await browser.visit(startUrl(provider, query))).location ?? "";
    const end = await browser.follow(start, `${PLATFORM}/`);
    return { browser, callback: end.location ?? "" };
  }

  return {
    ...{ get, post, remove, newBrowser, untilCallback },

    /** Somebody whom the platform does not know. */
    newPerson(more: Partial<ProviderPerson> = {}): ProviderPerson {
      count += 1;
      const name = `person_${count}`;
      const claims = { email: `${name}@example.org`, email_verified: true, preferred_username: name };
      return { sub: `sub-${count}`, ...claims, ...more };
    },

    async signIn(...parts: Parameters<typeof untilCallback>) {
      const { browser, callback } = await untilCallback(...parts);
      const { location } = await browser.visit(callback);
      return { browser, end: (location ?? "").replace(PLATFORM, "") };
    },

    /** What a page does at its start: it changes its cookie for an access token. */
    async tokenOf(browser: TestBrowser): Promise<string> {
      const headers = { cookie: browser.cookies(PLATFORM), "sec-fetch-site": "same-origin" };
      const answer = await post("/api/auth/refresh", {}, { headers });
      browser.keep(PLATFORM, answer);
      return TokenResponse.parse(await answer.json()).access_token;
    },

    async me(token: string): Promise<User> {
      return User.parse(await (await get("/api/users/me", { token })).json());
    },
  };
}

export const startUrl = (provider: string, query = "") =>
  `${PLATFORM}/api/auth/oidc/${provider}/start${query}`;
