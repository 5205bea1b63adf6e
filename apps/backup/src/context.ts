import type { MongoClient } from "mongodb";
import type { BackupKeys } from "./keys.ts";

/** What every operation needs. */
export interface BackupContext {
  readonly client: MongoClient;
  /** Name of the live database. */
  readonly database: string;
  readonly directory: string;
  readonly keys: BackupKeys;
  readonly retentionDays: number;
  readonly now: () => Date;
}
