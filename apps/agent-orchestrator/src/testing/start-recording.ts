import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAuditKeys } from "@mobile-ai-agent/audit-log";
import { createLogger } from "@mobile-ai-agent/service-kit";
import { eventually } from "@mobile-ai-agent/test-support";
import { runReplayCommand } from "../record/command.ts";
import type { JournalItem } from "../record/journal.ts";
import { type RecordFile, readRecord } from "../record/record-file.ts";
import { replayRun } from "../record/replay.ts";
import { startPlatform } from "./start-platform.ts";

/** A platform, and what it has on record. */
export async function startRecording() {
  const folder = await mkdtemp(join(tmpdir(), "record-"));
  const platform = await startPlatform();
  const keys = readAuditKeys(platform.env.AUDIT_KEYS);

  /** Waits until the run's end is on record. @returns what there is of it */
  async function recordOf(runId: string): Promise<RecordFile> {
    let record: RecordFile | undefined;
    await eventually(
      async () => {
        record = await readRecord(runId, { db: platform.db, store: platform.store, keys });
        return (record?.ended.length ?? 0) > 0;
      },
      { timeoutMs: 10_000 },
    );
    return record as RecordFile;
  }

  async function exported(record: RecordFile): Promise<string> {
    const file = join(folder, "record.json");
    await writeFile(file, JSON.stringify(record));
    return file;
  }

  return {
    platform,
    recordOf,
    exported,

    /** Lets the run be answered. @returns its record */
    async answer(runId: string): Promise<RecordFile> {
      await platform.queue.enqueue(runId);
      await platform.eventsOf(runId);
      return await recordOf(runId);
    },

    /** @returns the exit status of the command and what it says of a record, as of an exported file */
    async replay(record: RecordFile, ...args: string[]) {
      const file = await exported(record);
      let said = "";
      const write = (text: string) => {
        said += text;
        return true;
      };
      const open = () => Promise.reject(new Error("a file needs no database"));
      const out = { write } as unknown as NodeJS.WritableStream;
      return { status: await runReplayCommand(["--file", file, ...args], { open, out }), said };
    },

    /** @returns what is to be the same: what a replay gives out, and what the devices got and the database has */
    async compared(record: RecordFile): Promise<{ replayed: Outcome; given: Outcome }> {
      const { run_id: runId } = record;
      const { events, answer } = await replayRun(runId, itemsOf(record), createLogger("test", "none"));
      const stored = await platform.store.messages.answerOf(runId);
      return {
        replayed: { events: JSON.stringify(events), answer },
        given: { events: JSON.stringify(await platform.eventsOf(runId)), answer: stored?.content },
      };
    },

    async close() {
      await platform.close();
      await rm(folder, { recursive: true });
    },
  };
}

interface Outcome {
  /** As JSON, in order and by number. */
  readonly events: string;
  readonly answer: string | undefined;
}

export function itemsOf({ parts }: RecordFile): JournalItem[] {
  return parts.flatMap(({ body }) => JSON.parse(body) as JournalItem[]);
}
