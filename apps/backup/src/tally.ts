import { createHash } from "node:crypto";
import { z } from "zod";

/** What tells one collection's content from another's. */
export const Tally = z.strictObject({
  count: z.int().min(0),
  /** Of plain BSON. */
  bytes: z.int().min(0),
  /** Over the plain BSON in the order of the file, hex. */
  sha256: z.string(),
  /** The sum of the documents' SHA-256 modulo 2^256, hex: the same in any order, since a database promises none. */
  content: z.string(),
});
export type Tally = z.infer<typeof Tally>;

const MODULUS = 1n << 256n;

/** Counts documents as they pass. */
export function createTally(): { add(document: Buffer): void; result(): Tally } {
  const stream = createHash("sha256");
  let [count, bytes, sum] = [0, 0, 0n];
  return {
    add(document) {
      stream.update(document);
      sum = (sum + BigInt(`0x${createHash("sha256").update(document).digest("hex")}`)) % MODULUS;
      count++;
      bytes += document.length;
    },
    result: () => ({
      count,
      bytes,
      sha256: stream.copy().digest("hex"),
      content: sum.toString(16).padStart(64, "0"),
    }),
  };
}

/** @returns the tally of all documents. */
export async function tallyOf(documents: AsyncIterable<Buffer>): Promise<Tally> {
  const tally = createTally();
  for await (const document of documents) tally.add(document);
  return tally.result();
}

/** Whether two collections hold the same documents, in whatever order. */
export function sameContent(one: Tally, other: Tally): boolean {
  return one.count === other.count && one.content === other.content;
}
