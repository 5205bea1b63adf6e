import { BSON } from "mongodb";

type Value = unknown;
export type ExactDocument = BSON.Document | Map<string, Value>;

const EXACT: BSON.DeserializeOptions = { promoteValues: false, promoteLongs: false, bsonRegExp: true };
const OBJECT = 3;
const ARRAY = 4;

/** @returns what the driver writes as exactly these bytes: every type kept, and the order of the keys. */
export function exactDocument(raw: Buffer): ExactDocument {
  const document = BSON.deserialize(raw, EXACT);
  return Buffer.compare(BSON.serialize(document, { ignoreUndefined: false }), raw) === 0
    ? document
    : orderedDocument(raw);
}

/** For keys such as "1", which an object would put before the others. */
function orderedDocument(raw: Buffer): Map<string, Value> {
  return new Map(
    Array.from(BSON.onDemand.parseToElements(raw), ([type, nameOffset, nameLength, offset, length]) => {
      const name = raw.toString("utf8", nameOffset, nameOffset + nameLength);
      const value = raw.subarray(offset, offset + length);
      if (type === OBJECT) return [name, orderedDocument(value)];
      if (type === ARRAY) return [name, [...orderedDocument(value).values()]];
      return [name, single(raw.subarray(nameOffset - 1, offset + length), name)];
    }),
  );
}

/** @returns the value of an element, read as the only one of a document. */
function single(element: Buffer, name: string): Value {
  const size = Buffer.alloc(4);
  size.writeInt32LE(element.length + 5);
  return BSON.deserialize(Buffer.concat([size, element, Buffer.of(0)]), EXACT)[name];
}
