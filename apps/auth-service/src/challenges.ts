import { randomBytes } from "node:crypto";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";

const LIFETIME_MS = 5 * 60_000;

/** Who may answer a challenge: a user who adds a passkey, or anyone who signs in. */
type Purpose = `add:${string}` | "login";

interface ChallengeDocument {
  /** The challenge; or `used/<challenge>`, whose insertion decides who was first, on every database. */
  _id: string;
  purpose: Purpose;
  expires_at: Date;
}

export interface Challenges {
  createIndexes(): Promise<void>;
  /** @returns 32 random bytes, in base64url */
  issue(purpose: Purpose): Promise<string>;
  /** @returns whether the challenge was issued for that, in the last five minutes, and was never taken before */
  take(purpose: Purpose, challenge: string): Promise<boolean>;
  /** Deletes what has expired. */
  sweep(): Promise<void>;
}

export function createChallenges(db: Db): Challenges {
  const challenges = db.collection<ChallengeDocument>("passkey_challenges");
  const insert = (_id: string, purpose: Purpose) =>
    challenges.insertOne({ _id, purpose, expires_at: new Date(Date.now() + LIFETIME_MS) });
  return {
    async createIndexes() {
      await challenges.createIndex({ expires_at: 1 });
    },
    async issue(purpose) {
      const challenge = randomBytes(32).toString("base64url");
      await insert(challenge, purpose);
      return challenge;
    },
    async take(purpose, challenge) {
      const found = await challenges.findOne({ _id: challenge, purpose });
      if (!found || found.expires_at.getTime() <= Date.now()) return false;
      try {
        await insert(`used/${challenge}`, purpose);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async sweep() {
      await challenges.deleteMany({ expires_at: { $lte: new Date() } });
    },
  };
}
