import { hash, randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { createAuditKey } from "@mobile-ai-agent/test-support";
import { type Entry, hashOf, idOf, linkOf, NOTHING_BEFORE } from "../packages/audit-log/src/entry.ts";
import { user } from "../packages/audit-log/src/events.ts";
import { type AuditKeys, createAuditVerifier, readAuditKeys } from "../packages/audit-log/src/keys.ts";
import { type MemoryLog, sourceOf } from "../packages/audit-log/src/testing/memory.ts";
import { verifyAudit } from "../packages/audit-log/src/verify.ts";

const ROUNDS = 5;
/** Of 1000 entries: until then, the compiler is at work. */
const WARM_UP = 20;
const LENGTHS = [1000, 10_000];

/** Prints what an entry costs to verify, beside hashing it once: in a long log no more than in a short one. */
export async function measureAudit(): Promise<void> {
  const keys = readAuditKeys(createAuditKey());
  const verifier = createAuditVerifier(keys.published);
  const hashOnce = ({ entries }: MemoryLog) => {
    for (const { value } of entries) hash("sha256", JSON.stringify(value));
  };
  const verify = async (log: MemoryLog) => {
    const { entries, faults } = await verifyAudit(sourceOf(log), { verifier });
    if (entries !== log.entries.length || faults.length > 0) throw new Error("the log is not good");
  };
  const short = await logOf(LENGTHS[0] ?? 0, keys);
  for (let n = 0; n < WARM_UP; n++) {
    hashOnce(short);
    await verify(short);
  }
  const rows = [];
  for (const length of LENGTHS) {
    const log = await logOf(length, keys);
    const [hashed, verified] = [[] as number[], [] as number[]];
    for (let round = 0; round < ROUNDS; round++) {
      hashed.push(await timeOf(() => hashOnce(log)));
      verified.push(await timeOf(() => verify(log)));
    }
    rows.push({
      entries: length,
      "µs an entry": Number(((medianOf(verified) * 1000) / length).toFixed(1)),
      "ratio to hashing": Number((medianOf(verified) / medianOf(hashed)).toFixed(1)),
    });
  }
  process.stdout.write(
    `verifying an audit log, beside hashing its entries once, median of ${ROUNDS} rounds\n`,
  );
  console.table(rows);
}

/** One chain, as a service writes it. */
async function logOf(length: number, keys: AuditKeys): Promise<MemoryLog> {
  const chain = randomUUID();
  const entries: MemoryLog["entries"] = [];
  let previous = NOTHING_BEFORE;
  for (let sequence = 1; sequence <= length; sequence++) {
    const about = { action: "user.registered", actor: user("ann"), subject: user("ann"), details: {} };
    const unsigned = {
      ...{ chain, sequence, time: new Date().toISOString(), service: "auth-service", ...about },
      ...{ outcome: "success" as const, previous, key: keys.id },
    };
    const digest = hashOf("entry", unsigned);
    const value: Entry = { ...unsigned, hash: digest, signature: await keys.sign(digest) };
    entries.push({ id: idOf(chain, sequence), value });
    previous = linkOf(value);
  }
  return { entries, checkpoints: [] };
}

/** @returns milliseconds */
async function timeOf(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

const medianOf = (taken: readonly number[]) =>
  taken.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
