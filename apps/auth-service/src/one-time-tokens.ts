import { hash, randomBytes } from "node:crypto";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";

/** `used/<id>` takes the place of a token that was taken: inserting it decides who was first, on every database. */
interface TokenDocument<Content> {
  /** SHA-256 of the token: the database holds nothing that could be presented. */
  _id: string;
  content?: Content;
  expires_at: Date;
}

export interface OneTimeTokens<Content> {
  createIndexes(): Promise<void>;
  /** @returns 32 random bytes, in base64url, that stand for the content for so many milliseconds */
  issue(content: Content, lifetimeMs: number): Promise<string>;
  /** @returns undefined when the token is unknown, has expired or was taken */
  find(token: string): Promise<Content | undefined>;
  /** @returns whether this call is the one that took it */
  take(token: string): Promise<boolean>;
  /** Deletes what has expired. */
  sweep(): Promise<void>;
}

export function createOneTimeTokens<Content>(db: Db, collection: string): OneTimeTokens<Content> {
  const tokens = db.collection<TokenDocument<Content>>(collection);
  const findOne = async (_id: string) => {
    const found = await tokens.findOne({ _id } as object);
    return found && found.expires_at.getTime() > Date.now() ? found : undefined;
  };
  const insert = (document: TokenDocument<Content>) => tokens.insertOne(document as never);

  return {
    async createIndexes() {
      await tokens.createIndex({ expires_at: 1 });
    },

    async issue(content, lifetimeMs) {
      const token = randomBytes(32).toString("base64url");
      await insert({ _id: digest(token), content, expires_at: new Date(Date.now() + lifetimeMs) });
      return token;
    },

    async find(token) {
      return (await findOne(digest(token)))?.content as Content | undefined;
    },

    async take(token) {
      const found = await findOne(digest(token));
      if (!found) return false;
      try {
        await insert({ _id: `used/${found._id}`, expires_at: found.expires_at });
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
      await tokens.deleteOne({ _id: found._id } as object);
      return true;
    },

    async sweep() {
      await tokens.deleteMany({ expires_at: { $lte: new Date() } } as object);
    },
  };
}

function digest(token: string): string {
  return hash("sha256", token, "base64url");
}
