import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { type Checkpoint, type Entry, idOf } from "./entry.ts";

/** As they are in the database. */
export type StoredEntry = Entry & { _id: string };
export type StoredCheckpoint = Checkpoint & { _id: number };

export const ENTRIES = "audit_entries";
export const CHECKPOINTS = "audit_checkpoints";

export interface ChainStore {
  createIndexes(): Promise<void>;
  /**
   * Stores entries one after the other: whatever ends it midway, what is stored is their beginning. What an earlier try
   * has stored already is left.
   *
   * @throws when the database does not take them: to be tried again
   */
  append(entries: readonly Entry[]): Promise<void>;
  /** @returns false when its number is taken */
  addCheckpoint(checkpoint: Checkpoint): Promise<boolean>;
  checkpoint(sequence: number): Promise<Checkpoint | undefined>;
  lastCheckpoint(): Promise<Checkpoint | undefined>;
}

export function createChainStore(db: Db): ChainStore {
  const entries = db.collection<StoredEntry>(ENTRIES);
  const checkpoints = db.collection<StoredCheckpoint>(CHECKPOINTS);

  async function insertRest(documents: readonly StoredEntry[]): Promise<void> {
    const ids = documents.map(({ _id }) => _id);
    const found = await entries.find({ _id: { $in: ids } }, { projection: { hash: 1 } }).toArray();
    const stored = new Map(found.map(({ _id, hash }) => [_id, hash]));
    const foreign = documents.find(({ _id, hash }) => (stored.get(_id) ?? hash) !== hash);
    if (foreign) throw new Error(`another entry is in the place ${foreign._id}`);
    const rest = documents.filter(({ _id }) => !stored.has(_id));
    if (rest.length > 0) await entries.insertMany(rest, { ordered: true });
  }

  return {
    async createIndexes() {
      // Entries and checkpoints are walked by their ids. This one finds the entries about somebody or something.
      await entries.createIndex({ "subject.id": 1, action: 1 });
    },

    async append(given) {
      const documents = given.map((entry) => ({ _id: idOf(entry.chain, entry.sequence), ...entry }));
      try {
        await entries.insertMany(documents, { ordered: true });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        await insertRest(documents);
      }
    },

    async addCheckpoint(checkpoint) {
      try {
        await checkpoints.insertOne({ _id: checkpoint.sequence, ...checkpoint });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async checkpoint(sequence) {
      return (await checkpoints.findOne({ _id: sequence })) ?? undefined;
    },

    async lastCheckpoint() {
      return (await checkpoints.find().sort({ _id: -1 }).limit(1).toArray())[0];
    },
  };
}
