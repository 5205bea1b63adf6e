import type { Db } from "mongodb";
import { CHECKPOINTS, ENTRIES, type StoredCheckpoint, type StoredEntry } from "./chain-store.ts";

/** What was found, and the place where it was: what it says of itself may be wrong. */
export interface Found {
  /** Of the database's id; absent where there are no ids. */
  readonly id?: unknown;
  /** Of the file, from 1. */
  readonly line?: number;
  readonly value: unknown;
}

/** Where a log is read from, as a stream and as often as needed. */
export interface AuditSource {
  /** By their numbers. */
  checkpoints(): AsyncIterable<Found>;
  /** By chain, each by its numbers. */
  entries(): AsyncIterable<Found>;
  /** Whether entries were left out on purpose, so that gaps are no fault. */
  readonly selected: boolean;
}

export interface Selection {
  /** ISO 8601, inclusive. */
  readonly since?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly until?: string | undefined;
  readonly action?: string | undefined;
}

const BATCH = 1000;

/** The log in the database, walked by the index of its ids. */
export function openDatabase(db: Db, selection: Selection = {}): AuditSource {
  const { since, until, action } = selection;
  const time = { ...(since && { $gte: since }), ...(until && { $lt: until }) };
  const filter = { ...(action && { action }), ...(Object.keys(time).length > 0 && { time }) };
  return {
    selected: Object.keys(filter).length > 0,
    checkpoints: () =>
      found(db.collection<StoredCheckpoint>(CHECKPOINTS).find().sort({ _id: 1 }).batchSize(BATCH)),
    entries: () => found(db.collection<StoredEntry>(ENTRIES).find(filter).sort({ _id: 1 }).batchSize(BATCH)),
  };
}

async function* found(documents: AsyncIterable<{ _id: unknown }>): AsyncGenerator<Found> {
  for await (const { _id, ...value } of documents) yield { id: _id, value };
}
