import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TokenResponse } from "@mobile-ai-agent/contracts";
import { createTokenVerifier, InvalidToken } from "@mobile-ai-agent/service-kit";
import {
  createIssuer,
  describedFetch,
  eventually,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAuthService } from "./testing/run-auth-service.ts";

const [current, next, third] = [createIssuer(), createIssuer(), createIssuer()];
const cleanup = new AsyncDisposableStack();
const account = { username: "ann", password: "correct horse battery" };
let base: string;
let file: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "keys-"));
  cleanup.defer(() => rm(folder, { recursive: true }));
  file = join(folder, "private.pem");
  await writeFile(file, current.privateKey + next.privateKey);
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  const env = { JWT_PRIVATE_KEYS_FILE: file };
  const service = await runAuthService({ mongo, redis, issuer: current, env });
  cleanup.defer(() => service.stop());
  base = service.origin;
  await post("register", { ...account, email: "ann@example.org" });
});
afterAll(() => cleanup.disposeAsync());

const post = (operation: string, body: object) =>
  describedFetch(`${base}/api/auth/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function signedIn(): Promise<{ token: string; kid: string }> {
  const { access_token } = TokenResponse.parse(await (await post("login", account)).json());
  const header = Buffer.from(access_token.split(".")[0] ?? "", "base64url").toString();
  return { token: access_token, kid: JSON.parse(header).kid };
}

/** @returns the next token that is signed with the key */
const signedWith = ({ kid }: { kid: string }) =>
  eventually(
    async () => {
      const signed = await signedIn();
      return signed.kid === kid && signed;
    },
    { timeoutMs: 15_000, intervalMs: 500 },
  );

describe("a rotation of keys under a running service", () => {
  it("refuses nobody: neither old tokens nor new ones, here or in another service", async () => {
    let fetches = 0;
    const verifier = createTokenVerifier({
      issuer: current.issuer,
      audience: current.audience,
      jwksUrl: `${base}/.well-known/jwks.json`,
      fetch: (...request) => {
        fetches += 1;
        return fetch(...request);
      },
    });
    const before = await signedIn();
    expect(before.kid).toBe(current.kid);
    await verifier.verify(before.token);
    const known = fetches;
    await writeFile(file, next.privateKey + third.privateKey + current.privateKey);
    const after = await signedWith(next);
    for (const { token } of [before, after]) {
      await expect(verifier.verify(token)).resolves.toBeDefined();
      const me = await describedFetch(`${base}/api/users/me`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(me.status).toBe(200);
    }
    // The next key was published before, so nobody had to ask for it.
    expect(fetches).toBe(known);

    // Leaked keys are replaced: who knows only the new ones takes nothing of the old ones.
    const replacement = createIssuer();
    await writeFile(file, replacement.privateKey);
    const replaced = await signedWith(replacement);
    const fresh = createTokenVerifier({
      issuer: current.issuer,
      audience: current.audience,
      jwksUrl: `${base}/.well-known/jwks.json`,
    });
    await expect(fresh.verify(replaced.token)).resolves.toBeDefined();
    await expect(fresh.verify(after.token)).rejects.toThrow(InvalidToken);
  });
});
