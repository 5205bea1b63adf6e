import type { Db } from "mongodb";
import { DamagedBackup } from "./failure.ts";

const LENGTH_BYTES = 4;
const BATCH = 500;

/** Every document of a collection as the BSON that the server sent, so that no type is lost on the way. */
export function rawDocuments(db: Db, name: string): AsyncIterable<Buffer> {
  return db.collection(name).find({}, { raw: true, batchSize: BATCH }) as unknown as AsyncIterable<Buffer>;
}

/** Cuts a stream of BSON documents, such as mongodump's `.bson` files, into them: each starts with its length. */
export async function* splitDocuments(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (;;) {
      if (held.length < LENGTH_BYTES) break;
      const length = held.readInt32LE(0);
      if (length <= LENGTH_BYTES) throw new DamagedBackup(`a document of ${length} bytes can't be`);
      if (held.length < length) break;
      yield held.subarray(0, length);
      held = held.subarray(length);
    }
  }
  if (held.length > 0) throw new DamagedBackup("the last document is incomplete");
}
