import type { Db } from "mongodb";
import { ENTRIES, type StoredEntry } from "./chain-store.ts";
import { Entry, hashOf } from "./entry.ts";
import type { AuditAction } from "./events.ts";
import { unreadable } from "./fault.ts";
import type { AuditVerifier } from "./keys.ts";

/** What is on record about somebody or something, as it was found. */
export async function entriesAbout(db: Db, subjectId: string, action: AuditAction): Promise<unknown[]> {
  const found = await db.collection<StoredEntry>(ENTRIES).find({ "subject.id": subjectId, action }).toArray();
  return found.map(({ _id, ...entry }) => entry);
}

/** Checks one entry by itself, without its chain. @returns it, or what is wrong with it */
export function checkEntry(value: unknown, verifier: AuditVerifier): { entry: Entry } | { fault: string } {
  const parsed = Entry.safeParse(value);
  if (!parsed.success) return { fault: unreadable(parsed.error) };
  if (hashOf("entry", parsed.data) !== parsed.data.hash) return { fault: "was changed: its hash is another" };
  const fault = verifier.faultOf(parsed.data);
  return fault === undefined ? { entry: parsed.data } : { fault };
}
