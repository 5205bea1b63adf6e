import type { ErasureStatement } from "@mobile-ai-agent/contracts";
import { type ErasureDocument, type PartDocument, waitingFor } from "./erasures.ts";
import { STORES } from "./stores.ts";

/**
 * What a certificate says of an erasure: every store, with what was found and what is left.
 *
 * @returns undefined while a part of it is not done
 */
export function statementOf(
  { _id: subject, requested_at, completed_at }: ErasureDocument,
  notes: readonly PartDocument[],
  dataKeyId: string | undefined,
): ErasureStatement | undefined {
  const { backup } = notes.find(({ part }) => part === "backup") ?? {};
  if (completed_at === undefined || backup === undefined || waitingFor(subject, notes).length > 0)
    return undefined;
  const countOf = (end: "found" | "done", kind: string, name: string) => {
    const counts = notes.filter(({ _id }) => _id.endsWith(`/${end}`)).flatMap((note) => note.counts ?? []);
    return counts.find((one) => one.kind === kind && one.store === name)?.count ?? 0;
  };
  return {
    subject,
    requested_at: requested_at.toISOString(),
    completed_at: completed_at.toISOString(),
    stores: STORES.map((store) => {
      const { kind, name, owner, what, fate } = store;
      const found = countOf("found", kind, name);
      const left = countOf("done", kind, name);
      const counts = fate === "erased" ? { found, removed: found - left, left } : { why: store.why };
      return { kind, store: name, owner, what, fate, ...counts };
    }),
    keys_destroyed: dataKeyId === undefined ? [] : [dataKeyId],
    backup: { stamp: backup.stamp, older_gone_at: backup.older_gone_at.toISOString() },
  };
}
