import { checkEntry, createAuditVerifier } from "@mobile-ai-agent/audit-log";
import type { RecordFile } from "./record-file.ts";
import { firstHash, nextHash } from "./record-hash.ts";

/**
 * Checks that a record is what the run wrote: each part's hash, and that the audit log vouches for the last one.
 *
 * @param trusted ids of the audit keys that count; without them, those that the record comes with
 * @returns what is wrong
 */
export function checkRecord(record: RecordFile, trusted?: readonly string[]): string[] {
  const faults: string[] = [];
  let hash = firstHash(record.run_id);
  const hashes: string[] = [];
  for (const [index, part] of record.parts.entries()) {
    if (part.part !== index + 1) return [`part ${index + 1} of the record is missing`];
    hash = nextHash(hash, part.body);
    if (hash !== part.hash) return [`part ${part.part} of the record was changed: its hash is another`];
    hashes.push(hash);
  }
  const verifier = createAuditVerifier(record.keys, trusted);
  let vouched = 0;
  for (const value of record.ended) {
    const checked = checkEntry(value, verifier);
    if ("fault" in checked) {
      faults.push(`the audit entry of the run's end ${checked.fault}`);
      continue;
    }
    const { details, subject } = checked.entry;
    const parts = Number(details.parts);
    if (subject?.id !== record.run_id || hashes[parts - 1] !== details.record) {
      faults.push(`the audit log vouches for another record of ${details.parts} parts than this one`);
    } else vouched = Math.max(vouched, parts);
  }
  if (faults.length > 0) return faults;
  if (vouched === 0) return ["the audit log does not say that the run has ended"];
  return vouched === hashes.length
    ? []
    : [`the audit log vouches for ${vouched} parts, not for those after them`];
}
