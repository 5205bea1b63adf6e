import { type AuditLog, createAuditLog } from "@mobile-ai-agent/audit-log";
import {
  connectMongo,
  createApp,
  createMetrics,
  createTokenVerifier,
  type Logger,
  listen,
  openRedis,
  type RedisClient,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { createAccessTokens } from "./access-tokens.ts";
import { recordKeyChange, recordReuse } from "./audited.ts";
import { createChallenges } from "./challenges.ts";
import type { AuthConfig } from "./config.ts";
import type { AuthContext } from "./context.ts";
import { createAccountErasure } from "./erasure/account-erasure.ts";
import { createErasureCertificates } from "./erasure/certificates.ts";
import { followKeys } from "./follow-keys.ts";
import { createLoginDelay } from "./login-delay.ts";
import { createOidc } from "./oidc/oidc.ts";
import { createPasskeys, type RelyingParty } from "./passkeys.ts";
import { createPasswordPolicy } from "./password-policy.ts";
import { createPasswords } from "./passwords.ts";
import { createRefreshTokens } from "./refresh-tokens.ts";
import { createRevokedSignIns } from "./revoked-sign-ins.ts";
import { mountRoutes } from "./routes/index.ts";
import { createSecondFactors } from "./second-factors.ts";
import { createSecretBox } from "./secret-box.ts";
import { createUsers } from "./users.ts";

const SWEEP_MS = 3_600_000;

/**
 * Signs people up and in. `ports` are those it listens on, once started.
 *
 * @param change what the routes work with, otherwise than the configuration has it
 */
export function createAuthService(
  config: AuthConfig,
  logger: Logger,
  change: (context: AuthContext) => AuthContext = (context) => context,
): Service & { ports(): { http: number; management: number } } {
  const metrics = createMetrics();
  const closers: (() => Promise<void> | void)[] = [];
  const ports = { http: 0, management: 0 };
  let ready = false;

  return {
    ports: () => ports,

    async start() {
      const management = await startManagement(config.METRICS_PORT, { ready: () => ready, metrics });
      closers.unshift(management.close);
      ports.management = management.port;

      const mongo = await connectMongo(config, "auth-service", logger);
      closers.unshift(mongo.close);
      const audit = await createAuditLog({
        ...{ db: mongo.db, keys: config.AUDIT_KEYS, service: "auth-service", logger },
        registry: metrics.registry,
      });
      closers.unshift(audit.close);
      // Who signs in needs no Redis, so neither does the start.
      const redis = openRedis(config, logger);
      closers.unshift(redis.close);
      const { context, close } = await createContext({
        ...{ config, db: mongo.db, redis: redis.client, audit, logger },
      });
      closers.unshift(close);

      const app = createApp({ logger, metrics, routes: (app) => mountRoutes(app, change(context)) });
      app.set("trust proxy", config.TRUSTED_PROXY_COUNT);
      const http = await listen(app, config.PORT);
      closers.unshift(http.close);
      ports.http = http.port;
      ready = true;
    },

    async stop() {
      ready = false;
      for (const close of closers.splice(0)) await close();
    },
  };
}

async function createContext(dependencies: {
  config: AuthConfig;
  db: Db;
  redis: RedisClient;
  audit: AuditLog;
  logger: Logger;
}): Promise<{ context: AuthContext; close(): Promise<void> }> {
  const { config, db, redis, audit, logger } = dependencies;
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, ACCESS_TTL: ttl } = config;
  const users = createUsers(db);
  const revokedSignIns = createRevokedSignIns(db, redis, { ttl, logger });
  const refreshTokens = createRefreshTokens(db, {
    ttl: config.REFRESH_TTL,
    retryWindow: config.REFRESH_RETRY_WINDOW,
    onRevoke: revokedSignIns.add,
    onReuse: recordReuse(audit),
  });
  const secondFactors = createSecondFactors(db, createSecretBox(config.SECOND_FACTOR_KEYS));
  await users.createIndexes();
  await secondFactors.createIndexes();
  const challenges = createChallenges(db);
  const passkeys = createPasskeys(db, challenges, relyingParty(config));
  await challenges.createIndexes();
  await passkeys.createIndexes();
  const oidc = createOidc(db, {
    ...{ settings: config.OIDC_PROVIDERS, platform: issuer, appUrl: config.OIDC_APP_URL, logger },
  });
  await oidc.createIndexes();
  await refreshTokens.createIndexes();
  await revokedSignIns.createIndexes();
  const keys = followKeys({
    ...{ initial: config.JWT_PRIVATE_KEYS, file: config.JWT_PRIVATE_KEYS_FILE, logger },
    onChange: recordKeyChange(audit),
  });
  const stopSweeping = sweepHourly([refreshTokens, revokedSignIns, secondFactors, challenges, oidc], logger);
  const loginDelay = createLoginDelay(redis, { pseudonymOf: audit.pseudonymOf, logger });
  const erasure = createAccountErasure(db, { users, refreshTokens, loginDelay }, { config, logger });
  await erasure.createIndexes();
  const context = {
    audit,
    users,
    refreshTokens,
    keys: keys.current,
    accessTokens: createAccessTokens({ keys: keys.current, issuer, audience, ttl }),
    verifier: createTokenVerifier({
      issuer,
      audience,
      jwksUrl: "http://localhost/.well-known/jwks.json",
      // Its own keys need no network.
      fetch: async () => Response.json(keys.current().jwks),
    }),
    passwords: await createPasswords(),
    passwordPolicy: createPasswordPolicy({ requireClasses: config.PASSWORD_CLASSES }),
    secondFactors,
    passkeys,
    oidc,
    loginDelay,
    erasure,
    certificates: createErasureCertificates({ keys: keys.current, issuer }),
  };
  return {
    context,
    async close() {
      stopSweeping();
      await erasure.close();
      keys.close();
      revokedSignIns.close();
    },
  };
}

/** Tokens are issued in the name of the platform's address, where people sign in. */
function relyingParty({ JWT_ISSUER, PASSKEY_ORIGINS }: AuthConfig): RelyingParty {
  const { hostname: id, origin } = new URL(JWT_ISSUER);
  return { id, name: "Mobile AI Agent", origins: [origin, ...PASSKEY_ORIGINS] };
}

function sweepHourly(swept: readonly { sweep(): Promise<void> }[], logger: Logger): () => void {
  const sweepAll = () =>
    Promise.all(swept.map((one) => one.sweep())).catch((error) =>
      logger.warn("sweep failed; the next is in an hour", { error }),
    );
  const timer = setInterval(sweepAll, SWEEP_MS);
  return () => clearInterval(timer);
}
