import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { z } from "zod";
import { type AuditVerifier, createAuditVerifier } from "./keys.ts";
import type { AuditSource, Found } from "./source.ts";

const Heading = z.object({
  audit_log: z.object({
    format: z.literal(1),
    exported_at: z.string(),
    selection: z.record(z.string(), z.string()),
    keys: z.array(z.string()).min(1),
  }),
});
const End = z.object({
  end: z.strictObject({
    sha256: z.string(),
    key: z.string(),
    signature: z.string().regex(/^[0-9a-f]{128}$/),
  }),
});

export interface AuditFile {
  readonly source: AuditSource;
  readonly verifier: AuditVerifier;
  /** What is wrong with the file as a whole. */
  readonly fault?: string | undefined;
}

/**
 * Opens an exported log, of which nothing is kept in memory.
 *
 * @param trusted ids of the keys that count; without them, those that the file names itself
 * @throws when it can't be read, or is no such file
 */
export async function openFile(path: string, trusted?: readonly string[]): Promise<AuditFile> {
  const { heading, fault } = await checkWhole(path);
  const { keys, selection } = heading.audit_log;
  const verifier = createAuditVerifier(keys, trusted);
  const source: AuditSource = {
    selected: Object.keys(selection).length > 0,
    checkpoints: () => found(path, "checkpoint"),
    entries: () => found(path, "entry"),
  };
  return { source, verifier, fault: fault(verifier) };
}

async function checkWhole(path: string) {
  const hash = createHash("sha256");
  let heading: z.infer<typeof Heading> | undefined;
  let held: string | undefined;
  for await (const line of linesOf(path)) {
    heading ??= parse(Heading, line);
    if (held !== undefined) hash.update(`${held}\n`);
    held = line;
  }
  if (!heading) throw new Error(`${path} is no export of an audit log: its first line is not the heading`);
  const sha256 = hash.digest("hex");
  const end = parse(End, held ?? "")?.end;
  const fault = (verifier: AuditVerifier) => {
    if (!end) return "the file has no end: it was cut, or not written to its end";
    if (end.sha256 !== sha256) return "the file was changed after it was exported";
    const unsigned = verifier.faultOf({ ...end, hash: end.sha256 });
    return unsigned && `the file's end ${unsigned}`;
  };
  return { heading, fault };
}

function parse<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** A line that is neither counts as an entry, which it then is not. */
async function* found(path: string, kind: "checkpoint" | "entry"): AsyncGenerator<Found> {
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    const isCheckpoint = line.startsWith('{"checkpoint":');
    if (number === 1 || line.startsWith('{"end":') || isCheckpoint !== (kind === "checkpoint")) continue;
    const value = parse(z.record(z.string(), z.unknown()), line)?.[kind];
    yield { line: number, value };
  }
}

/** By line feeds alone: other separators of lines may be in a text. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of createReadStream(path, "utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}
