import fc, { type Arbitrary } from "fast-check";
import { resolve, type Schema } from "./operations.ts";

/** Deeper, a schema that contains itself gives scalars only. */
const MAX_DEPTH = 4;

const KEYWORDS = [
  ...["$ref", "type", "const", "enum", "anyOf", "format", "pattern", "minLength", "maxLength"],
  ...[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "items",
    "properties",
    "required",
    "propertyNames",
    "additionalProperties",
  ],
  ...["description", "default"],
];

/**
 * Values that a JSON Schema of the document takes, odd ones among them.
 *
 * @throws Error for a keyword that it doesn't know: ignored, it would give values which the schema refuses
 */
export function valuesOf(schema: Schema, depth = 0): Arbitrary<unknown> {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.includes(keyword));
  if (unknown.length > 0) throw new Error(`no values can be made for the keywords ${unknown.join(", ")}`);
  if (schema.$ref !== undefined) return valuesOf(resolve(schema), depth);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) {
    const scalar = schema.anyOf.filter(({ type }) => type !== "array" && type !== "object");
    return fc.oneof(
      ...(depth < MAX_DEPTH ? schema.anyOf : scalar).map((option) => valuesOf(option, depth + 1)),
    );
  }
  switch (schema.type) {
    case "string":
      return texts(schema);
    case "integer":
      return fc.integer({ min: leastOf(schema), max: Math.min(schema.maximum ?? 2 ** 31, 2 ** 31) });
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(valuesOf(schema.items ?? {}, depth + 1), { maxLength: 3 });
    case "object":
      return objects(schema, depth);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function leastOf({ minimum, exclusiveMinimum = -Infinity }: Schema): number {
  return Math.max(minimum ?? -(2 ** 31), exclusiveMinimum + 1, -(2 ** 31));
}

/** What a database, a template or a terminal may take for more than a text. */
export const ODD_TEXTS = [
  ...[
    "\0",
    "\u0000a",
    "\u001b[2J",
    "\ud800",
    "a\udfffb",
    "\ufeff",
    "\u202e",
    "e\u0301",
    "\u{1f9d1}\u200d\u{1f680}",
  ],
  ...[
    "$where",
    "$gt",
    "a.b",
    "__proto__",
    "constructor",
    "toString",
    "<script>",
    "' OR 1=1 --",
    "%00",
    "../..",
  ],
];

function texts({ format, pattern, minLength = 0, maxLength = 300 }: Schema): Arbitrary<string> {
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (format === "uuid") return fc.uuid({ version: [4, 7] });
  if (format === "email") {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{1,20}$/);
    return fc.tuple(label, label).map(([name, host]) => `${name}@${host}.example`);
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { maxLength: 60 }).filter(fits);
  const plain = fc.string({ unit: "binary", minLength, maxLength: Math.min(maxLength, minLength + 200) });
  const full = fc.constant("\u{fffd}".repeat(maxLength));
  const odd = ODD_TEXTS.map((text) => text.padEnd(minLength, "x")).filter(fits);
  return fc.oneof(
    { weight: 4, arbitrary: plain.filter(fits) },
    { weight: 2, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: full },
  );
}

function objects(schema: Schema, depth: number): Arbitrary<unknown> {
  const { properties = {}, required = [], propertyNames, additionalProperties } = schema;
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valuesOf(one, depth + 1)])),
    { requiredKeys: [...required] },
  );
  if (additionalProperties === undefined || additionalProperties === false) return known;
  const names = texts(propertyNames ?? {}).filter((name) => !Object.hasOwn(properties, name));
  const others = valuesOf(additionalProperties === true ? {} : additionalProperties, depth + 1);
  const more = fc.array(fc.tuple(names, others), { maxLength: 3 });
  // `Object.fromEntries`, so that a key such as `__proto__` is a plain one.
  return fc
    .tuple(known, more)
    .map(([some, rest]) => Object.fromEntries([...Object.entries(some as object), ...rest]));
}
