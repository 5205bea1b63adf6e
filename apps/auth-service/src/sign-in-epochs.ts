import { randomUUID } from "node:crypto";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";

interface EpochDocument {
  /** The user. */
  _id: string;
  epoch: string;
}

export interface SignInEpochs {
  /** @returns what `begin` has changed last; empty before that, and for who is nobody */
  of(userId: string): Promise<string>;
  /** A new one: no sign-in that began before it may be completed. */
  begin(userId: string): Promise<void>;
}

/**
 * Tells a sign-in that is under way whether all sign-ins of its user have ended since it began. In a collection of its
 * own: FerretDB writes whole documents, and an epoch among a user's fields could undo a change of the password beside it.
 */
export function createSignInEpochs(db: Db): SignInEpochs {
  const epochs = db.collection<EpochDocument>("sign_in_epochs");
  const set = (_id: string) => epochs.updateOne({ _id }, { $set: { epoch: randomUUID() } }, { upsert: true });
  return {
    async of(userId) {
      return (await epochs.findOne({ _id: userId }))?.epoch ?? "";
    },
    async begin(userId) {
      await set(userId).catch((error) => {
        // Another one came first between the search and the insert: now it is found.
        if (isDuplicateKey(error)) return set(userId);
        throw error;
      });
    },
  };
}
