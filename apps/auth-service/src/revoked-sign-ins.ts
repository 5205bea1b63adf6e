import {
  announceRevocations,
  inTime,
  type Logger,
  type RedisClient,
  type Revocation,
} from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";

/** What verifiers allow for clocks that differ, and more. */
const MARGIN_MS = 60_000;
const PATIENCE_MS = 500;
const RETRY_MS = 1000;

interface RevokedDocument {
  /** The sign-in. */
  _id: string;
  /** No access token of it is valid any longer. */
  expires_at: Date;
}

export interface RevokedSignIns {
  createIndexes(): Promise<void>;
  /** Ends the access tokens of sign-ins: stored when it resolves, and announced if Redis is there. */
  add(signIns: readonly string[]): Promise<void>;
  /** Deletes what has expired. */
  sweep(): Promise<void>;
  close(): void;
}

/**
 * The sign-ins whose access tokens must not be taken any more. The database has the truth; every verifier hears of it
 * through Redis. Whenever Redis comes back, or has missed something, it is told all of it again.
 *
 * @param options.ttl seconds that an access token is valid
 */
export function createRevokedSignIns(
  db: Db,
  redis: RedisClient,
  options: { ttl: number; logger: Logger },
): RevokedSignIns {
  const { ttl, logger } = options;
  const revoked = db.collection<RevokedDocument>("revoked_sign_ins");
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  async function announceAll(): Promise<void> {
    const current = await revoked.find({ expires_at: { $gt: new Date() } }).toArray();
    await announceRevocations(redis, current.map(toRevocation));
  }

  function announceAgain(ms: number): void {
    if (closed) return;
    retry ??= setTimeout(() => {
      retry = undefined;
      announceAll().catch(() => announceAgain(RETRY_MS));
    }, ms);
  }

  async function announce(documents: readonly RevokedDocument[]): Promise<void> {
    try {
      // A Redis that hangs must not hold up who signs out.
      await inTime(announceRevocations(redis, documents.map(toRevocation)), PATIENCE_MS);
    } catch (error) {
      logger.warn("revocations could not be announced; they are as soon as Redis takes them", { error });
      announceAgain(RETRY_MS);
    }
  }

  const onReady = () => announceAgain(0);
  redis.on("ready", onReady);
  if (redis.isReady) onReady();

  return {
    async createIndexes() {
      await revoked.createIndex({ expires_at: 1 });
    },

    async add(signIns) {
      const expires_at = new Date(Date.now() + ttl * 1000 + MARGIN_MS);
      const documents = signIns.map((_id) => ({ _id, expires_at }));
      for (const { _id } of documents) {
        await revoked.updateOne({ _id }, { $set: { expires_at } }, { upsert: true });
      }
      await announce(documents);
    },

    async sweep() {
      await revoked.deleteMany({ expires_at: { $lte: new Date() } });
    },

    close() {
      closed = true;
      redis.off("ready", onReady);
      clearTimeout(retry);
    },
  };
}

function toRevocation({ _id, expires_at }: RevokedDocument): Revocation {
  return { signIn: _id, until: expires_at.getTime() };
}
