import {
  connectMongo,
  createApp,
  createMetrics,
  createTokenVerifier,
  type Logger,
  listen,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { createAccessTokens } from "./access-tokens.ts";
import type { AuthConfig } from "./config.ts";
import type { AuthContext } from "./context.ts";
import { createPasswords } from "./passwords.ts";
import { createRefreshTokens, type RefreshTokens } from "./refresh-tokens.ts";
import { mountRoutes } from "./routes/index.ts";
import { createUsers } from "./users.ts";

const SWEEP_MS = 3_600_000;

/** Signs people up and in. `ports` are those it listens on, once started. */
export function createAuthService(
  config: AuthConfig,
  logger: Logger,
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

      const mongo = await connectMongo(config, "auth-service");
      closers.unshift(mongo.close);
      const context = await createContext(config, mongo.db);
      closers.unshift(sweepHourly(context.refreshTokens, logger));

      const app = createApp({ logger, metrics, routes: (app) => mountRoutes(app, context) });
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

async function createContext(config: AuthConfig, db: Db): Promise<AuthContext> {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_PRIVATE_KEY: privateKey } = config;
  const users = createUsers(db);
  const refreshTokens = createRefreshTokens(db, {
    ttl: config.REFRESH_TTL,
    retryWindow: config.REFRESH_RETRY_WINDOW,
  });
  await users.createIndexes();
  await refreshTokens.createIndexes();
  const accessTokens = createAccessTokens({ privateKey, issuer, audience, ttl: config.ACCESS_TTL });
  const verifier = createTokenVerifier({
    issuer,
    audience,
    jwksUrl: "http://localhost/.well-known/jwks.json",
    // Its own keys need no network.
    fetch: async () => Response.json(accessTokens.jwks),
  });
  return { users, refreshTokens, accessTokens, verifier, passwords: await createPasswords() };
}

function sweepHourly(refreshTokens: RefreshTokens, logger: Logger): () => void {
  const sweep = () =>
    refreshTokens.sweep().catch((error) => logger.warn("sweep failed; the next is in an hour", { error }));
  const timer = setInterval(sweep, SWEEP_MS);
  return () => clearInterval(timer);
}
