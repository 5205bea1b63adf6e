import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Db } from "mongodb";

/** The tokens that follow from one sign-in. Deleting it revokes them all. */
interface FamilyDocument {
  _id: string;
  user_id: string;
  /** Only tokens of this generation rotate. One update on this document decides between concurrent refreshes. */
  generation: number;
  rotated_at: Date;
  expires_at: Date;
}

interface TokenDocument {
  /** SHA-256 of the token: the database holds nothing one could sign in with. */
  _id: string;
  family_id: string;
  generation: number;
  expires_at: Date;
}

export interface RefreshTokens {
  createIndexes(): Promise<void>;
  /** A token of a new family. */
  issue(userId: string): Promise<string>;
  /**
   * Takes a token for the next one (RFC 9700, 4.14.2). A token that was taken before revokes its family, unless it was
   * the last one and the retry window is open: then the answer was probably lost, and it gets a sibling of the next.
   * Using a sibling ends the others.
   *
   * @returns undefined when the token is unknown, expired or revoked
   */
  rotate(token: string): Promise<{ userId: string; token: string } | undefined>;
  /** Revokes the token's family; an unknown token is no error. */
  revoke(token: string): Promise<void>;
  /** Deletes what has expired. */
  sweep(): Promise<void>;
}

/** Refresh tokens: 32 random bytes each. Times in seconds. */
export function createRefreshTokens(
  db: Db,
  { ttl, retryWindow, now = Date.now }: { ttl: number; retryWindow: number; now?: () => number },
): RefreshTokens {
  const families = db.collection<FamilyDocument>("refresh_families");
  const tokens = db.collection<TokenDocument>("refresh_tokens");

  const expiry = () => new Date(now() + ttl * 1000);

  async function insert(family_id: string, generation: number): Promise<string> {
    const token = randomBytes(32).toString("base64url");
    await tokens.insertOne({ _id: digest(token), family_id, generation, expires_at: expiry() });
    return token;
  }

  return {
    async createIndexes() {
      await families.createIndex({ expires_at: 1 });
      await tokens.createIndex({ expires_at: 1 });
    },

    async issue(userId) {
      const familyId = randomUUID();
      await families.insertOne({
        _id: familyId,
        user_id: userId,
        generation: 1,
        rotated_at: new Date(now()),
        expires_at: expiry(),
      });
      return insert(familyId, 1);
    },

    async rotate(token) {
      const found = await tokens.findOne({ _id: digest(token) });
      if (!found || found.expires_at.getTime() <= now()) return undefined;
      const { family_id, generation } = found;

      const advanced = await families.findOneAndUpdate(
        { _id: family_id, generation },
        { $set: { rotated_at: new Date(now()), expires_at: expiry() }, $inc: { generation: 1 } },
        { returnDocument: "after" },
      );
      if (advanced) {
        return { userId: advanced.user_id, token: await insert(family_id, advanced.generation) };
      }

      const family = await families.findOne({ _id: family_id });
      if (!family) return undefined;
      const wasLast = family.generation === generation + 1;
      if (wasLast && now() - family.rotated_at.getTime() <= retryWindow * 1000) {
        return { userId: family.user_id, token: await insert(family_id, family.generation) };
      }
      await families.deleteOne({ _id: family_id });
      return undefined;
    },

    async revoke(token) {
      const found = await tokens.findOne({ _id: digest(token) });
      if (found) await families.deleteOne({ _id: found.family_id });
    },

    async sweep() {
      const expired = { expires_at: { $lte: new Date(now()) } };
      await tokens.deleteMany(expired);
      await families.deleteMany(expired);
    },
  };
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
