import { randomBytes } from "node:crypto";
import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import { createAuditKey } from "@mobile-ai-agent/test-support";
import { authConfig } from "../config.ts";
import type { AuthContext } from "../context.ts";
import { createAuthService } from "../service.ts";

/** Runs the service on free ports. `env` completes and overrides what every test wants alike. */
export async function runAuthService(options: {
  mongo: { uri: string };
  redis: { url: string };
  issuer: { issuer: string; audience: string; privateKey: string };
  env?: NodeJS.ProcessEnv;
  change?: (context: AuthContext) => AuthContext;
}): Promise<{ origin: string; stop(): Promise<void> }> {
  const { mongo, redis, issuer, env, change } = options;
  const config = readConfig(authConfig, {
    PORT: "0",
    METRICS_PORT: "0",
    MONGODB_URI: mongo.uri,
    REDIS_URL: redis.url,
    AUDIT_KEYS: createAuditKey(),
    SECOND_FACTOR_KEYS: randomBytes(32).toString("base64"),
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    ...(env?.JWT_PRIVATE_KEYS_FILE === undefined && { JWT_PRIVATE_KEYS: issuer.privateKey }),
    ...env,
  });
  const service = createAuthService(config, createLogger("auth-service", "none"), change);
  await service.start();
  return { origin: `http://127.0.0.1:${service.ports().http}`, stop: () => service.stop() };
}
