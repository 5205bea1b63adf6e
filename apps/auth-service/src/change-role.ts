import { type AuditLog, createAuditLog, type Party, user } from "@mobile-ai-agent/audit-log";
import { connectMongo, connectRedis, type Logger } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import type { AuthConfig } from "./config.ts";
import { createRefreshTokens } from "./refresh-tokens.ts";
import { createRevokedSignIns } from "./revoked-sign-ins.ts";
import { createUsers } from "./users.ts";

interface RoleChange {
  readonly action: "grant" | "revoke";
  readonly username: string;
}

/**
 * Makes a user an administrator, or takes that away. Access tokens tell of roles, so when it is taken away every sign-in
 * of the user ends. It is on record before it is done; unless it can be, it is not done.
 *
 * @returns false when nobody has that username
 */
export async function changeRole(config: AuthConfig, logger: Logger, change: RoleChange): Promise<boolean> {
  const mongo = await connectMongo(config, "auth-service-admin");
  const keys = config.AUDIT_KEYS;
  const audit = await createAuditLog({ db: mongo.db, keys, service: "auth-service-admin", logger });
  try {
    const { action, username } = change;
    const users = createUsers(mongo.db);
    const found = await users.findByLogin(username);
    if (!found) return false;
    const { id } = found.user;
    await onRecord(audit, action, user(id), async () => {
      await users.setAdmin(id, action === "grant");
      if (action === "revoke") await endSignIns(config, { db: mongo.db, userId: id, logger });
    });
    logger.info(`role admin: ${action}`, { user_id: id });
    return true;
  } finally {
    await audit.close();
    await mongo.close();
  }
}

async function onRecord(
  audit: AuditLog,
  change: RoleChange["action"],
  subject: Party,
  work: () => Promise<void>,
): Promise<void> {
  const action: "role.granted" | "role.revoked" = change === "grant" ? "role.granted" : "role.revoked";
  const actor: Party = { kind: "operator" };
  const event = { action, actor, subject, details: { role: "admin" } };
  await audit.store({ ...event, outcome: "attempted" });
  try {
    await work();
  } catch (error) {
    audit.record({ ...event, outcome: "failure" });
    throw error;
  }
  audit.record({ ...event, outcome: "success" });
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
