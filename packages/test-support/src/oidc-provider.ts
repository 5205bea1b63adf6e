import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Configuration, type KoaContextWithOIDC } from "oidc-provider";

/** An account at the provider. What it claims comes with the scopes `email` and `profile`. */
export interface ProviderPerson {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly preferred_username?: string;
}

/** Makes a real provider lie: with these it is a double of one that was taken over, or of somebody in between. */
export interface Lies {
  /** Changes the ID token of a token response. */
  idToken?: (token: string) => string;
  /** Changes where the browser is sent back to. */
  redirect?: (address: URL) => void;
  /** Answers token requests with this status. */
  tokenStatus?: number;
}

export interface TestOidcProvider {
  readonly issuer: string;
  /**
   * Who signs in next, without being asked: there is no person before the screen. Without one, it is whoever the client's
   * `login_hint` names, and who names nobody is told no.
   */
  person: ProviderPerson | undefined;
  readonly lies: Lies;
  /** Requests by path, since the begin. */
  readonly seen: ReadonlyMap<string, number>;
  /** The token with other claims or another header, signed with the provider's key or another. */
  resign(token: string, change: { claims?: object; header?: object; key?: KeyObject }): string;
  /** Stops listening: the provider is away. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

const KID = "key-1";

/**
 * Runs `oidc-provider`, a certified OpenID Provider, on 127.0.0.1 with a client of its own.
 *
 * @param options.secret of the client, which authenticates with it by HTTP Basic; a public client without
 */
export async function startOidcProvider(options: {
  clientId: string;
  secret?: string;
  redirectUri: string;
}): Promise<TestOidcProvider> {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...pair.privateKey.export({ format: "jwk" }), kid: KID, use: "sig", alg: "RS256" };
  const seen = new Map<string, number>();
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const server = createServer((request, response) => handle(request, response));
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;

  const test: TestOidcProvider = {
    issuer,
    person: undefined,
    lies: {},
    seen,
    resign(token, { claims, header, key: other = pair.privateKey }) {
      const [head = "", body = ""] = token.split(".");
      const input = [
        { ...decode(head), ...header },
        { ...decode(body), ...claims },
      ]
        .map(encode)
        .join(".");
      return `${input}.${sign("sha256", Buffer.from(input), other).toString("base64url")}`;
    },
    pause: close,
    resume: () => listen(port),
    stop: close,
  };

  const provider = new Provider(issuer, configuration(options, { key, test }));
  provider.use(async (context, next) => {
    await next();
    lie(context as KoaContextWithOIDC, test.lies);
  });
  const respond = provider.callback();
  handle = (request, response) => {
    const path = new URL(request.url ?? "/", issuer).pathname;
    seen.set(path, (seen.get(path) ?? 0) + 1);
    if (!path.startsWith("/interaction/")) return void respond(request, response);
    interact(provider, test.person, { request, response }).catch((error) => response.destroy(error));
  };
  return test;
}

function configuration(
  { clientId, secret, redirectUri }: { clientId: string; secret?: string; redirectUri: string },
  { key, test }: { key: object; test: Pick<TestOidcProvider, "person"> },
): Configuration {
  const people = new Map<string, ProviderPerson>();
  return {
    clients: [
      {
        client_id: clientId,
        redirect_uris: [redirectUri],
        ...(secret === undefined ? { token_endpoint_auth_method: "none" } : { client_secret: secret }),
      },
    ],
    jwks: { keys: [key as never] },
    cookies: { keys: ["for tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["preferred_username"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    findAccount(_context, sub) {
      if (test.person?.sub === sub) people.set(sub, test.person);
      const claims = people.get(sub) ?? { email: `${sub}@provider.example`, email_verified: true };
      return { accountId: sub, claims: async () => ({ ...claims, sub }) };
    },
    // Everybody has agreed to what the client may know.
    async loadExistingGrant({ oidc }) {
      const before = oidc.client && oidc.session?.grantIdFor(oidc.client.clientId);
      if (before) return oidc.provider.Grant.find(before);
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? "",
        accountId: oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    ttl: { Session: 60, Interaction: 60, Grant: 60, AccessToken: 60, IdToken: 60 },
  };
}

/** What a person does on the provider's page: they sign in, or say no. */
async function interact(
  provider: Provider,
  person: ProviderPerson | undefined,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { login_hint: hint } = (await provider.interactionDetails(request, response)).params;
  const accountId = person?.sub ?? hint;
  const result = accountId
    ? { login: { accountId: String(accountId) } }
    : { error: "access_denied", error_description: "the person said no" };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

function lie(context: KoaContextWithOIDC, { idToken, redirect, tokenStatus }: Lies): void {
  const route = context.oidc?.route;
  const body = context.body as { id_token?: string } | undefined;
  if (route === "token" && tokenStatus !== undefined) {
    context.status = tokenStatus;
    context.body = "";
  } else if (route === "token" && idToken && body?.id_token) {
    context.body = { ...body, id_token: idToken(body.id_token) };
  } else if ((route === "authorization" || route === "resume") && redirect) {
    const address = new URL(context.response.get("location"), "http://127.0.0.1");
    if (!address.searchParams.has("state")) return;
    redirect(address);
    context.set("location", address.href);
  }
}

const decode = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
