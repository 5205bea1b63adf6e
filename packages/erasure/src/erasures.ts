import { hash, randomBytes } from "node:crypto";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { OWNERS, type Owner } from "./stores.ts";

export interface ErasureDocument {
  /** The user. */
  _id: string;
  requested_at: Date;
  /** When all parts were found done. */
  completed_at?: Date;
}

interface TokenDocument {
  /** SHA-256 of the token: the database holds nothing that opens a status. */
  _id: string;
  user_id: string;
}

/** What a store had, and has. */
export interface StoreCount {
  readonly kind: string;
  readonly store: string;
  readonly count: number;
}

/** Each note is a document of its own, and the first one counts: a sweep that was killed and repeated changes none. */
export interface PartDocument {
  /** `<user>/<part>/found` or `<user>/<part>/done` */
  _id: string;
  user_id: string;
  part: Part;
  noted_at: Date;
  counts?: readonly StoreCount[];
  /** Of the backup's part. */
  backup?: BackupNote;
}

export interface BackupNote {
  readonly stamp: string;
  /** When backups from before the erasure are removed. */
  readonly older_gone_at: Date;
}

export const PARTS = [...OWNERS, "backup"] as const;
export type Part = Owner | "backup";

export interface Erasures {
  createIndexes(): Promise<void>;
  /**
   * Notes that a user wants to be erased. Of several requests the first one counts.
   *
   * @returns a token, new with each call, that opens the status
   */
  request(userId: string): Promise<{ token: string; requestedAt: Date }>;
  /** @returns undefined for a token that was never given out */
  findByToken(token: string): Promise<ErasureDocument | undefined>;
  /** The oldest first. */
  list(options?: { pendingOnly: boolean }): Promise<ErasureDocument[]>;
  noteFound(userId: string, part: Owner, counts: readonly StoreCount[]): Promise<void>;
  noteDone(
    userId: string,
    part: Part,
    note: { counts?: readonly StoreCount[]; backup?: BackupNote },
  ): Promise<void>;
  notesOf(userId: string): Promise<PartDocument[]>;
  complete(userId: string): Promise<void>;
}

/** Erasures that were asked for, and what came of them. */
export function createErasures(db: Db): Erasures {
  const erasures = db.collection<ErasureDocument>("erasures");
  const tokens = db.collection<TokenDocument>("erasure_tokens");
  const parts = db.collection<PartDocument>("erasure_parts");

  const note = (document: PartDocument) => parts.insertOne(document).catch(ignoreDuplicate);

  return {
    async createIndexes() {
      await erasures.createIndex({ requested_at: 1 });
      await parts.createIndex({ user_id: 1 });
    },

    async request(userId) {
      await erasures.insertOne({ _id: userId, requested_at: new Date() }).catch(ignoreDuplicate);
      const token = randomBytes(32).toString("base64url");
      await tokens.insertOne({ _id: digest(token), user_id: userId });
      const stored = await erasures.findOne({ _id: userId });
      return { token, requestedAt: stored?.requested_at ?? new Date() };
    },

    async findByToken(token) {
      const found = await tokens.findOne({ _id: digest(token) });
      return (found && (await erasures.findOne({ _id: found.user_id }))) ?? undefined;
    },

    async list({ pendingOnly } = { pendingOnly: false }) {
      const filter = pendingOnly ? { completed_at: { $exists: false } } : {};
      return await erasures.find(filter).sort({ requested_at: 1 }).toArray();
    },

    async noteFound(user_id, part, counts) {
      await note({ _id: `${user_id}/${part}/found`, user_id, part, noted_at: new Date(), counts });
    },

    async noteDone(user_id, part, more) {
      await note({ _id: doneId(user_id, part), user_id, part, noted_at: new Date(), ...more });
    },

    async notesOf(user_id) {
      return await parts.find({ user_id }).toArray();
    },

    async complete(userId) {
      await erasures.updateOne(
        { _id: userId, completed_at: { $exists: false } },
        { $set: { completed_at: new Date() } },
      );
    },
  };
}

/** The parts that are not done. */
export function waitingFor(userId: string, notes: readonly PartDocument[]): Part[] {
  const ids = new Set(notes.map(({ _id }) => _id));
  return PARTS.filter((part) => !ids.has(doneId(userId, part)));
}

export const doneId = (userId: string, part: Part) => `${userId}/${part}/done`;

function ignoreDuplicate(error: unknown): void {
  if (!isDuplicateKey(error)) throw error;
}

function digest(token: string): string {
  return hash("sha256", token, "base64url");
}
