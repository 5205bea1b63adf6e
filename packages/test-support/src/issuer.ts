import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface TokenOptions {
  /** Merged into the claims; a value of `undefined` removes the claim. */
  claims?: Record<string, unknown>;
  /** Merged into the JOSE header. */
  header?: Record<string, unknown>;
}

export interface TestIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** PKCS #8 PEM of the signing key. */
  readonly privateKey: string;
  /** SPKI PEM of the verification key. */
  readonly publicKey: string;
  readonly kid: string;
  jwks(): { keys: object[] };
  /** An access token as auth-service makes it: ES256, `at+jwt`, valid for 30 minutes. */
  token(options?: TokenOptions): string;
  /** Serves the JWKS over HTTP on 127.0.0.1; `requests` counts how often it was fetched. */
  serve(): Promise<{ jwksUrl: string; requests(): number; stop(): Promise<void> }>;
}

/** An issuer of test tokens with a fresh P-256 key. It builds tokens by hand, so that it can also make wrong ones. */
export function createIssuer({
  issuer = "https://issuer.test",
  audience = "mobile-ai-agent",
}: {
  issuer?: string;
  audience?: string;
} = {}): TestIssuer {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { crv, kty, x, y } = pair.publicKey.export({ format: "jwk" });
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  const jwks = () => ({ keys: [{ kty, crv, x, y, kid, use: "sig", alg: "ES256" }] });
  return {
    issuer,
    audience,
    kid,
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }) as string,
    jwks,
    token({ claims, header } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        iss: issuer,
        aud: audience,
        sub: randomUUID(),
        jti: randomUUID(),
        sid: randomUUID(),
        iat: now,
        exp: now + 1800,
        roles: ["user"],
        ...claims,
      };
      const input = `${encode({ alg: "ES256", typ: "at+jwt", kid, ...header })}.${encode(payload)}`;
      const signature = sign("sha256", Buffer.from(input), {
        key: pair.privateKey,
        dsaEncoding: "ieee-p1363",
      });
      return `${input}.${signature.toString("base64url")}`;
    },
    async serve() {
      let requests = 0;
      const server = createServer((_request, response) => {
        requests += 1;
        response.setHeader("content-type", "application/json").end(JSON.stringify(jwks()));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      return {
        jwksUrl: `http://127.0.0.1:${port}/.well-known/jwks.json`,
        requests: () => requests,
        async stop() {
          server.closeAllConnections();
          await new Promise((resolve) => server.close(resolve));
        },
      };
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
