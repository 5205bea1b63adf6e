import { createHash } from "node:crypto";
import { z } from "zod";
import { canonical } from "./canonical.ts";

/** What stands before the first one of a chain. */
export const NOTHING_BEFORE = "0".repeat(64);

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256 in hex");
const PartySchema = z.strictObject({
  kind: z.enum(["user", "operator", "service", "anonymous", "run", "media", "platform"]),
  id: z.string().optional(),
});

/** What makes a link of a chain of it: `hash` covers everything but itself and the signature, which covers the hash. */
const link = {
  /** What `linkOf` gives for the one before. */
  previous: Sha256,
  /** SHA-256 of the public key. */
  key: Sha256,
  hash: Sha256,
  /** Ed25519, in lower case so that there is one way to write it. */
  signature: z.string().regex(/^[0-9a-f]{128}$/, "is not a signature in hex"),
};

/** One event in the chain of the process that recorded it. */
export const Entry = z.strictObject({
  chain: z.uuid(),
  sequence: z.int().positive(),
  time: z.iso.datetime(),
  service: z.string(),
  actor: PartySchema,
  action: z.string(),
  subject: PartySchema.optional(),
  outcome: z.enum(["success", "failure", "denied", "attempted"]),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  ...link,
});
export type Entry = z.infer<typeof Entry>;

/** How far a chain had come, told by its own writer. All chains' checkpoints are one chain. */
export const Checkpoint = z.strictObject({
  sequence: z.int().positive(),
  time: z.iso.datetime(),
  chain: z.uuid(),
  /** The chain's last entry. */
  head: z.strictObject({ sequence: z.int().positive(), hash: Sha256 }),
  /** The same writer's checkpoint before this one. */
  prior: z.strictObject({ sequence: z.int().positive(), hash: Sha256 }).optional(),
  ...link,
});
export type Checkpoint = z.infer<typeof Checkpoint>;

type Unsigned<T> = Omit<T, "hash" | "signature">;

/** @param kind keeps a signed entry from being taken for a checkpoint */
export function hashOf(kind: "entry" | "checkpoint", item: Unsigned<Entry> | Unsigned<Checkpoint>): string {
  const { hash: _, signature: __, ...covered } = item as Entry | Checkpoint;
  return createHash("sha256")
    .update(`mobile-ai-agent audit ${kind} 1\n${canonical(covered)}`)
    .digest("hex");
}

/**
 * What the next one says of this one: SHA-256 over its hash and signature. So one good signature vouches for all that is
 * before it, signatures too, and only the last one of a chain has to be checked.
 */
export function linkOf({ hash, signature }: { readonly hash: string; readonly signature: string }): string {
  return createHash("sha256").update(`${hash}${signature}`).digest("hex");
}

const DIGITS = 12;

/** In the database's order of ids, chains follow one another, each in its own order; the id's index is the only one needed. */
export function idOf(chain: string, sequence: number): string {
  return `${chain}:${String(sequence).padStart(DIGITS, "0")}`;
}
