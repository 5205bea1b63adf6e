import { connectMongo, connectRedis, type Logger } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import type { AuthConfig } from "./config.ts";
import { createRefreshTokens } from "./refresh-tokens.ts";
import { createRevokedSignIns } from "./revoked-sign-ins.ts";
import { createUsers } from "./users.ts";

/**
 * Makes a user an administrator, or takes that away. Access tokens tell of roles, so when it is taken away every sign-in
 * of the user ends.
 *
 * @returns false when nobody has that username
 */
export async function changeRole(
  config: AuthConfig,
  logger: Logger,
  { action, username }: { action: "grant" | "revoke"; username: string },
): Promise<boolean> {
  const mongo = await connectMongo(config, "auth-service-admin");
  try {
    const user = await createUsers(mongo.db).setAdmin(username, action === "grant");
    if (user && action === "revoke") await endSignIns(config, { db: mongo.db, userId: user.id, logger });
    if (user) logger.info(`role admin: ${action}`, { user_id: user.id });
    return user !== undefined;
  } finally {
    await mongo.close();
  }
}

async function endSignIns(
  config: AuthConfig,
  { db, userId, logger }: { db: Db; userId: string; logger: Logger },
): Promise<void> {
  const { ACCESS_TTL, REFRESH_TTL: ttl, REFRESH_RETRY_WINDOW: retryWindow } = config;
  // This process will not be there to announce it later.
  const redis = await connectRedis(config, logger);
  const revoked = createRevokedSignIns(db, redis, { ttl: ACCESS_TTL, logger });
  try {
    await createRefreshTokens(db, { ttl, retryWindow, onRevoke: revoked.add }).revokeAll(userId);
  } finally {
    revoked.close();
    await redis.close();
  }
}
