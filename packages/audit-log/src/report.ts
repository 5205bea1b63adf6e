import { describeFault } from "./fault.ts";
import type { AuditVerifier } from "./keys.ts";
import type { AuditReport } from "./verify.ts";

const MAX_FAULTS = 20;

/** Prints what was found. @returns the exit status: 0 when nothing is wrong, else 1 */
export function reportOn(report: AuditReport, verifier: AuditVerifier, out: NodeJS.WritableStream): number {
  const { entries, chains, checkpoints, last, unvouched, faults } = report;
  const say = (line: string) => out.write(`${line}\n`);
  say(`${entries} entries in ${chains} chains, ${checkpoints} checkpoints`);
  for (const id of verifier.ids) say(`checked with the key ${id}`);
  if (unvouched > 0)
    say(`${unvouched} newest entries have no checkpoint yet; were one of them gone, it would not show`);
  if (last) {
    say(`last checkpoint, of ${last.time}: keep it, and give it to the next verify`);
    say(`  --anchor ${last.sequence}:${last.hash}`);
  }
  for (const fault of faults.slice(0, MAX_FAULTS)) say(`WRONG: ${describeFault(fault)}`);
  if (faults.length > MAX_FAULTS) say(`and ${faults.length - MAX_FAULTS} chains more`);
  say(faults.length === 0 ? "nothing is wrong" : "the audit log was changed: see docs/runbooks/audit.md");
  return faults.length === 0 ? 0 : 1;
}
