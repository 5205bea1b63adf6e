import { parseArgs } from "node:util";
import type { AuditKeys } from "@mobile-ai-agent/audit-log";
import type { ContentCipher } from "@mobile-ai-agent/content-cipher";
import { createConversationStore } from "@mobile-ai-agent/conversation-store";
import { createLogger } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { checkRecord } from "./check-record.ts";
import type { JournalItem } from "./journal.ts";
import { openRecordFile, type RecordFile, readRecord } from "./record-file.ts";
import { replayRun } from "./replay.ts";

/** What is needed to read records where they are; a file needs nothing. */
export type OpenDatabase = () => Promise<{
  db: Db;
  keys: AuditKeys;
  /** Opens what was recorded. */
  cipher: ContentCipher;
  close(): Promise<void>;
}>;

const USAGE = "usage: replay RUN_ID [--export] | replay --file FILE [--key ID]…";

/**
 * Replays a run from its record, or with `--export` writes the record out.
 *
 * @returns the exit status: 0 when it is bit for bit what it was, 1 when not, 2 when there is nothing to replay
 */
export async function runReplayCommand(
  args: readonly string[],
  { open, out }: { open: OpenDatabase; out: NodeJS.WritableStream },
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      file: { type: "string" },
      export: { type: "boolean" },
      key: { type: "string", multiple: true },
    },
    allowPositionals: true,
  });
  const say = (line: string) => out.write(`${line}\n`);
  const [runId] = positionals;
  if ((runId === undefined) === (values.file === undefined)) {
    say(USAGE);
    return 2;
  }
  const record =
    values.file === undefined ? await fromDatabase(runId ?? "", open) : await openRecordFile(values.file);
  if (!record) {
    say(`there is no record of the run ${runId}: it has not begun, or is older than records are kept`);
    return 2;
  }
  if (values.export) {
    say(JSON.stringify(record));
    return 0;
  }
  const faults = checkRecord(record, values.key);
  // What was changed can't be trusted, and may not even be readable.
  if (!faults.some((fault) => fault.startsWith("part "))) faults.push(...(await replayFaults(record, say)));
  for (const fault of faults) say(`DIFFERENT: ${fault}`);
  if (faults.length === 0) say("replayed bit for bit: the same events, the same answer");
  return faults.length === 0 ? 0 : 1;
}

async function replayFaults(record: RecordFile, say: (line: string) => void): Promise<string[]> {
  const items = record.parts.flatMap(({ body }) => JSON.parse(body) as JournalItem[]);
  const replay = await replayRun(record.run_id, items, createLogger("replay", "none"));
  const killed = replay.cut > 0 ? `, ${replay.cut} of them killed midway` : "";
  say(`${replay.attempts} attempts${killed}, ${items.length} items, ${replay.events.length} events`);
  if (replay.divergence) return [replay.divergence];
  if (record.answer === undefined || replay.answer === undefined || record.answer === replay.answer)
    return [];
  return [
    `the stored answer is not the one that was given: ${firstDifference(record.answer, replay.answer)}`,
  ];
}

function firstDifference(stored: string, replayed: string): string {
  let at = 0;
  while (stored[at] === replayed[at]) at++;
  return `they differ at character ${at + 1}`;
}

async function fromDatabase(runId: string, open: OpenDatabase): Promise<RecordFile | undefined> {
  const { db, keys, cipher, close } = await open();
  try {
    return await readRecord(runId, { db, keys, store: createConversationStore(db, cipher) });
  } finally {
    await close();
  }
}
