import { Entry, hashOf, idOf, linkOf, NOTHING_BEFORE } from "./entry.ts";
import { type Fault, unreadable } from "./fault.ts";
import type { AuditVerifier } from "./keys.ts";
import type { AuditSource, Found } from "./source.ts";
import { type Covered, checkCheckpoints } from "./verify-checkpoints.ts";

export interface AuditReport {
  readonly entries: number;
  readonly chains: number;
  readonly checkpoints: number;
  /** The newest: who keeps it can tell later that nothing up to it was taken back. */
  readonly last?: { readonly sequence: number; readonly hash: string; readonly time: string } | undefined;
  /** Entries that no checkpoint vouches for yet: that they are there is known, that none is gone is not. */
  readonly unvouched: number;
  /** The first of each chain. */
  readonly faults: readonly Fault[];
}

export interface VerifyOptions {
  readonly verifier: AuditVerifier;
  /** A checkpoint that was there once. */
  readonly anchor?: { readonly sequence: number; readonly hash: string } | undefined;
  readonly onProgress?: (entries: number) => void;
}

interface Walk {
  readonly id: string;
  /** The last entry that was good. */
  entry?: Entry;
  sequence: number;
  link: string;
  /** After the first fault of a chain, what follows says nothing. */
  faulty: boolean;
}

const PROGRESS = 1000;

/**
 * Walks the whole log and finds what was changed, removed, added or moved. Memory grows with the number of chains only.
 *
 * @returns what is wrong, the first fault of each chain
 */
export async function verifyAudit(source: AuditSource, options: VerifyOptions): Promise<AuditReport> {
  // Where the last signature of a chain is good, so are those before it. Where not, the first wrong one is looked for.
  const report = await walkLog(source, options, { everySignature: source.selected });
  if (source.selected || report.lastSignaturesAreGood) return report;
  return walkLog(source, options, { everySignature: true });
}

async function walkLog(
  source: AuditSource,
  { verifier, anchor, onProgress }: VerifyOptions,
  { everySignature }: { everySignature: boolean },
): Promise<AuditReport & { lastSignaturesAreGood: boolean }> {
  const faults: Fault[] = [];
  const anchors = new Map<number, Set<string>>();
  if (anchor) anchors.set(anchor.sequence, new Set([anchor.hash]));
  const { covered, checkpoints, last } = await checkCheckpoints(source, verifier, faults);
  const seen = new Set<string>();
  let walk: Walk | undefined;
  let entries = 0;
  let unvouched = 0;
  let lastSignaturesAreGood = true;

  const end = () => {
    if (!walk || source.selected) return;
    const { id: chain, entry, sequence, faulty } = walk;
    if (!everySignature && entry && verifier.faultOf(entry)) lastSignaturesAreGood = false;
    const head = covered.get(chain);
    unvouched += Math.max(0, sequence - (head?.sequence ?? 0));
    if (!faulty && head && sequence < head.sequence) {
      faults.push({ chain, sequence: sequence + 1, what: goneUpTo(head) });
    }
  };
  for await (const found of source.entries()) {
    entries++;
    if (entries % PROGRESS === 0) onProgress?.(entries);
    const chain = chainOf(found);
    if (chain !== walk?.id) {
      end();
      walk = { id: chain, sequence: 0, link: NOTHING_BEFORE, faulty: seen.has(chain) };
      if (walk.faulty) faults.push({ chain, line: found.line, what: "has entries in more than one place" });
      seen.add(chain);
    }
    if (walk.faulty) continue;
    const { selected } = source;
    const about = { selected, covered: covered.get(chain), ...(everySignature && { verifier }) };
    const fault = step(walk, found, about);
    if (fault) {
      walk.faulty = true;
      faults.push({ chain, line: found.line, ...fault });
    } else if (walk.entry?.action === "audit.opened") collectAnchor(walk.entry, anchors);
  }
  end();
  if (!source.selected) {
    for (const [chain, head] of covered) {
      if (!seen.has(chain))
        faults.push({ chain, sequence: 1, what: `the whole chain is gone: ${goneUpTo(head)}` });
    }
    await checkAnchors(source, anchors, faults);
  }
  return { entries, chains: seen.size, checkpoints, last, unvouched, faults, lastSignaturesAreGood };
}

/** Goes one entry on. @returns what is wrong with it */
function step(
  walk: Walk,
  { id, value }: Found,
  about: { selected: boolean; covered: Covered | undefined; verifier?: AuditVerifier },
): Omit<Fault, "chain"> | undefined {
  const { selected, covered, verifier } = about;
  const expected = walk.sequence + 1;
  const parsed = Entry.safeParse(value);
  if (!parsed.success) return { sequence: placeOf(id) ?? expected, what: unreadable(parsed.error) };
  const entry = parsed.data;
  const { sequence } = entry;
  const place = placeOf(id) ?? sequence;
  if (hashOf("entry", entry) !== entry.hash)
    return { sequence: place, what: "was changed: its hash is another" };
  if (id !== undefined && id !== idOf(entry.chain, sequence)) {
    return { sequence: place, what: `has another entry in its place: number ${sequence} of ${entry.chain}` };
  }
  if (sequence < expected) return { sequence, what: "is there twice, or out of its order" };
  if (sequence > expected && !selected) {
    return { sequence: expected, what: `is missing: ${sequence} follows on ${walk.sequence}` };
  }
  const follows = sequence === expected && (walk.sequence > 0 || sequence === 1);
  if (follows && entry.previous !== walk.link) {
    // Its own hash is good, so it is the one before whose signature was changed.
    return { sequence: sequence - 1, what: "was changed: the next one has another signature of it" };
  }
  const unsigned = verifier?.faultOf(entry);
  if (unsigned) return { sequence, what: unsigned };
  if (covered?.sequence === sequence && covered.hash !== entry.hash) {
    return { sequence, what: `is another one than checkpoint ${covered.checkpoint} vouches for` };
  }
  Object.assign(walk, { entry, sequence, link: linkOf(entry) });
  return undefined;
}

/** An opening names the checkpoint that was the last then. */
function collectAnchor({ details }: Entry, anchors: Map<number, Set<string>>): void {
  const { checkpoint, checkpoint_hash } = details;
  if (typeof checkpoint !== "number" || typeof checkpoint_hash !== "string" || checkpoint === 0) return;
  const hashes = anchors.get(checkpoint) ?? new Set();
  anchors.set(checkpoint, hashes.add(checkpoint_hash));
}

async function checkAnchors(
  source: AuditSource,
  anchors: Map<number, Set<string>>,
  faults: Fault[],
): Promise<void> {
  if (anchors.size === 0) return;
  for await (const { value } of source.checkpoints()) {
    const { sequence, hash } = Object(value) as { sequence: number; hash: string };
    const wanted = anchors.get(sequence);
    if (wanted?.size === 1 && wanted.has(hash)) anchors.delete(sequence);
  }
  for (const sequence of anchors.keys()) {
    faults.push({ sequence, what: "this checkpoint was there once, and is gone or another now" });
  }
}

/** The number in an id of the database. */
function placeOf(id: unknown): number | undefined {
  const digits = typeof id === "string" ? /:(\d+)$/.exec(id)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

function chainOf({ id, value }: Found): string {
  const given = typeof id === "string" ? id.slice(0, id.lastIndexOf(":")) : undefined;
  return given ?? String(Object(value).chain);
}

function goneUpTo({ sequence, checkpoint }: Covered): string {
  return `is missing, and what follows up to ${sequence}, for which checkpoint ${checkpoint} vouches`;
}
