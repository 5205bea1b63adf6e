import { parseArgs } from "node:util";
import type { Db } from "mongodb";
import { exportLines } from "./export-file.ts";
import { type AuditKeys, createAuditVerifier } from "./keys.ts";
import { reportOn } from "./report.ts";
import { openDatabase } from "./source.ts";
import { verifyAudit } from "./verify.ts";

interface Streams {
  readonly out: NodeJS.WritableStream;
  /** What is not the result: progress. */
  readonly progress: NodeJS.WritableStream;
}

/**
 * `verify [--anchor SEQUENCE:HASH]` or `export [--since TIME] [--until TIME] [--action NAME]`, on the database.
 *
 * @returns the exit status: 0, or 1 when something is wrong with the log
 * @throws TypeError when the arguments are of another form
 */
export async function runAuditCommand(
  [command, ...args]: readonly string[],
  { db, keys }: { db: Db; keys: AuditKeys },
  streams: Streams = { out: process.stdout, progress: process.stderr },
): Promise<number> {
  if (command === "verify") {
    const { values } = parseArgs({ args, options: { anchor: { type: "string" } } });
    const verifier = createAuditVerifier(keys.published);
    const report = await verifyAudit(openDatabase(db), {
      verifier,
      anchor: anchorOf(values.anchor),
      onProgress: (entries) => streams.progress.write(`${entries} entries\n`),
    });
    return reportOn(report, verifier, streams.out);
  }
  if (command !== "export") throw new TypeError(`there is no audit command ${JSON.stringify(command ?? "")}`);
  const option = { type: "string" } as const;
  const { values } = parseArgs({ args, options: { since: option, until: option, action: option } });
  const selection = {
    ...(values.since && { since: timeOf(values.since) }),
    ...(values.until && { until: timeOf(values.until) }),
    ...(values.action && { action: values.action }),
  };
  for await (const line of exportLines(openDatabase(db, selection), { keys, selection })) {
    if (!streams.out.write(line)) await new Promise((resolve) => streams.out.once("drain", resolve));
  }
  return 0;
}

/** As `verify` has printed it. */
export function anchorOf(text: string | undefined): { sequence: number; hash: string } | undefined {
  if (text === undefined) return undefined;
  const [, sequence, hash = ""] = /^(\d+):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined) throw new TypeError("--anchor must be SEQUENCE:HASH, as verify printed it");
  return { sequence: Number(sequence), hash };
}

function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new TypeError(`${JSON.stringify(text)} is no time, such as 2026-01-31T00:00Z`);
  return time.toISOString();
}
