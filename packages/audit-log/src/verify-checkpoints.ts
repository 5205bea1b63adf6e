import { Checkpoint, hashOf, NOTHING_BEFORE } from "./entry.ts";
import { type Fault, unreadable } from "./fault.ts";
import type { AuditVerifier } from "./keys.ts";
import type { AuditSource } from "./source.ts";

/** How far a chain went for sure. */
export interface Covered {
  readonly sequence: number;
  readonly hash: string;
  /** The number of the checkpoint that says so. */
  readonly checkpoint: number;
  readonly checkpointHash: string;
}

/** Walks the chain of checkpoints. @param faults gets the first one */
export async function checkCheckpoints(source: AuditSource, verifier: AuditVerifier, faults: Fault[]) {
  const covered = new Map<string, Covered>();
  let last: { sequence: number; hash: string; time: string } | undefined;
  let checkpoints = 0;
  let faulty = false;
  if (source.selected) return { covered, checkpoints, last };
  for await (const { id, value, line } of source.checkpoints()) {
    checkpoints++;
    if (faulty) continue;
    const expected = (last?.sequence ?? 0) + 1;
    const parsed = Checkpoint.safeParse(value);
    const what = parsed.success
      ? wrongWith(parsed.data, { id, expected, previous: last?.hash ?? NOTHING_BEFORE, covered, verifier })
      : unreadable(parsed.error);
    if (what !== undefined || !parsed.success) {
      faulty = true;
      faults.push({ line, what: `checkpoint ${expected} ${what}` });
      continue;
    }
    const { sequence, hash, time, chain, head } = parsed.data;
    last = { sequence, hash, time };
    covered.set(chain, { ...head, checkpoint: sequence, checkpointHash: hash });
  }
  return { covered, checkpoints, last };
}

function wrongWith(
  checkpoint: Checkpoint,
  about: {
    id: unknown;
    expected: number;
    previous: string;
    covered: ReadonlyMap<string, Covered>;
    verifier: AuditVerifier;
  },
): string | undefined {
  const { id, expected, previous, covered, verifier } = about;
  const { sequence, chain, head, prior } = checkpoint;
  if (id !== undefined && id !== sequence) return `is another one: it says that it is ${sequence}`;
  if (sequence !== expected) return sequence > expected ? "is missing" : "is there twice";
  if (hashOf("checkpoint", checkpoint) !== checkpoint.hash) return "was changed: its hash is another";
  if (checkpoint.previous !== previous) return "does not follow on the one before";
  const unsigned = verifier.faultOf(checkpoint);
  if (unsigned) return unsigned;
  const before = covered.get(chain);
  // Its writer remembers its own: when they are gone, the log was taken back behind its back.
  if (prior?.sequence !== before?.checkpoint || prior?.hash !== before?.checkpointHash) {
    return `says that its writer's one before was ${prior?.sequence ?? "none"}, which is gone or another now`;
  }
  if (before && before.sequence > head.sequence) return `takes chain ${chain} back to ${head.sequence}`;
  return undefined;
}
