import { hash } from "node:crypto";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import type { ProviderAccount } from "./providers.ts";

export interface IdentityDocument {
  /** Hash of issuer and subject, so that an account with a provider is here once: inserting it decides. */
  _id: string;
  issuer: string;
  subject: string;
  provider: string;
  user_id: string;
  email: string | null;
  created_at: Date;
  last_used_at: Date | null;
}

export interface Identities {
  createIndexes(): Promise<void>;
  find(account: ProviderAccount): Promise<IdentityDocument | undefined>;
  /** @returns false when the account with the provider belongs to somebody already */
  add(account: ProviderAccount, owner: { provider: string; userId: string }): Promise<boolean>;
  /** Notes that it was used. @returns whether it is still there */
  touch(id: string): Promise<boolean>;
  list(userId: string): Promise<IdentityDocument[]>;
  /** @returns whether the user had it */
  remove(userId: string, id: string): Promise<boolean>;
}

/** Which accounts with providers sign in to which accounts here. */
export function createIdentities(db: Db): Identities {
  const identities = db.collection<IdentityDocument>("identities");
  return {
    async createIndexes() {
      await identities.createIndex({ user_id: 1 });
    },
    async find(account) {
      return (await identities.findOne({ _id: identityIdOf(account) })) ?? undefined;
    },
    async add(account, { provider, userId }) {
      const { issuer, subject, email = null } = account;
      const document = { _id: identityIdOf(account), issuer, subject, provider, user_id: userId, email };
      try {
        await identities.insertOne({ ...document, created_at: new Date(), last_used_at: null });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async touch(id) {
      const used = { $set: { last_used_at: new Date() } };
      return (await identities.updateOne({ _id: id }, used)).matchedCount > 0;
    },
    async list(userId) {
      return identities.find({ user_id: userId }).sort({ created_at: 1 }).toArray();
    },
    async remove(userId, id) {
      return (await identities.deleteOne({ _id: id, user_id: userId })).deletedCount > 0;
    },
  };
}

export function identityIdOf({ issuer, subject }: ProviderAccount): string {
  return hash("sha256", JSON.stringify([issuer, subject]), "base64url");
}
