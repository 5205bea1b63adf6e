import { generateKeyPairSync, randomBytes } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../components/pod.ts";
import { addressOf, TOKEN_ISSUER } from "../services.ts";

const AUDIENCE = "mobile-ai-agent";

/**
 * @returns `private.pem`: two P-256 keys as PKCS 8, one after the other. With the first, auth-service signs access tokens
 *   (ES256); the second one is published already, so that every service knows it when it becomes the first.
 */
export function createTokenCredentials(): Record<string, string> {
  return { "private.pem": newSigningKey() + newSigningKey() };
}

function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return privateKey;
}

/** What a service needs to check access tokens: nothing secret. */
export function tokenVerification(issuer: string): Link {
  return {
    env: {
      JWT_ISSUER: issuer,
      JWT_AUDIENCE: AUDIENCE,
      JWKS_URL: `${addressOf(TOKEN_ISSUER)}/.well-known/jwks.json`,
    },
    mounts: [],
  };
}

export function tokenSigning(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/jwt";
  return {
    env: { JWT_PRIVATE_KEYS_FILE: `${path}/private.pem` },
    mounts: [{ name: "jwt", secret, path, files: { "private.pem": "private.pem" } }],
  };
}

/** @returns `keys`: with the first one, auth-service encrypts the secrets of authenticators; one a line. */
export function createSecondFactorKeys(): Record<string, string> {
  return { keys: randomBytes(32).toString("base64") };
}

export function secondFactors(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/second-factors";
  return {
    env: { SECOND_FACTOR_KEYS_FILE: `${path}/keys` },
    mounts: [{ name: "second-factors", secret, path, files: { keys: "keys" } }],
  };
}

/** @returns `key`: what agent-orchestrator signs the tokens of runs with, and context-protocol-server checks (HS256). */
export function createRunTokenKey(): Record<string, string> {
  return { key: randomBytes(32).toString("base64") };
}

export function runTokens(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/run-tokens";
  return {
    env: { RUN_TOKEN_KEY_FILE: `${path}/key` },
    mounts: [{ name: "run-tokens", secret, path, files: { key: "key" } }],
  };
}
