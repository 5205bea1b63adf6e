import { readFile } from "node:fs/promises";
import { type AuditKeys, entriesAbout } from "@mobile-ai-agent/audit-log";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import type { Db } from "mongodb";
import { z } from "zod";

/** A run's record with what vouches for it: enough to replay it anywhere. */
export const RecordFile = z.strictObject({
  format: z.literal(1),
  run_id: z.uuid(),
  parts: z.array(z.strictObject({ part: z.int(), hash: z.string(), body: z.string() })),
  /** The entries of the audit log that say that the run ended, and with which record. */
  ended: z.array(z.unknown()),
  /** Public keys of the audit log. */
  keys: z.array(z.string()),
  /** The stored answer. */
  answer: z.string().optional(),
});
export type RecordFile = z.infer<typeof RecordFile>;

/** @returns undefined when the run has no record, or none any more */
export async function readRecord(
  runId: string,
  { db, store, keys }: { db: Db; store: ConversationStore; keys: AuditKeys },
): Promise<RecordFile | undefined> {
  const parts = await store.records.read(runId);
  if (parts.length === 0) return undefined;
  const ended = await entriesAbout(db, runId, "run.ended");
  const answer = (await store.messages.answerOf(runId))?.content;
  return {
    ...{ format: 1, run_id: runId, parts, ended, keys: [...keys.published] },
    ...(answer !== undefined && { answer }),
  };
}

/** @throws when it is not a record that `replay --export` wrote */
export async function openRecordFile(path: string): Promise<RecordFile> {
  const text = await readFile(path, "utf8");
  try {
    return RecordFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} is no record of a run: export it with npm run replay -- RUN_ID --export`, {
      cause,
    });
  }
}
