import fc, { type Arbitrary } from "fast-check";
import { valuesOf } from "./arbitraries.ts";
import { COMMON, headersOf } from "./calls.ts";
import { type Described, pathParameters } from "./operations.ts";
import type { Call } from "./send.ts";
import { PICTURE, type User } from "./users.ts";

/** Calls that are valid by the document, of a user who has one of each thing; some name what isn't there. */
export function validCalls(operation: Described, user: User): Arbitrary<Call> {
  return fc
    .tuple(
      pathsOf(operation, user),
      queriesOf(operation, user),
      headersOfCalls(operation, user),
      bodiesOf(operation),
    )
    .map(([path, query, headers, body]) => ({
      method: operation.method,
      path: query === "" ? path : `${path}?${query}`,
      headers: { ...headersOf(operation, user), ...headers },
      ...(body !== undefined && { body }),
    }));
}

function pathsOf(operation: Described, user: User): Arbitrary<string> {
  const ids = { ...COMMON, ...user.ids };
  const names = pathParameters(operation);
  const values = names.map((name) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constant(ids[name] ?? "") },
      { weight: 1, arbitrary: valuesOf(schemaOf(operation, name)).map(String) },
    ),
  );
  return fc
    .tuple(...values)
    .map((drawn) =>
      operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(drawn[names.indexOf(name)] ?? "")),
    );
}

function schemaOf({ parameters }: Described, name: string) {
  return parameters.find((parameter) => parameter.name === name)?.schema ?? {};
}

function queriesOf({ id, parameters }: Described, { mediaQuery = "" }: User): Arbitrary<string> {
  const wanted = parameters.filter((parameter) => parameter.in === "query");
  const entries = Object.fromEntries(wanted.map(({ name, schema }) => [name, valuesOf(schema)]));
  const requiredKeys = wanted.filter(({ required }) => required).map(({ name }) => name);
  const drawn = fc
    .record(entries, { requiredKeys })
    .map((query) =>
      new URLSearchParams(Object.entries(query).map(([name, one]) => [name, `${one}`])).toString(),
    );
  return id === "getMediaContent" ? fc.oneof(drawn, fc.constant(mediaQuery)) : drawn;
}

function headersOfCalls({ parameters }: Described, user: User): Arbitrary<Record<string, string>> {
  const known: Readonly<Record<string, string>> = {
    "X-Session-Token": user.sessionToken ?? "",
    "If-Match": "*",
  };
  const names = parameters.filter((parameter) => parameter.in === "header").map(({ name }) => name);
  const values = names.map((name): [string, Arbitrary<string>] => [
    name,
    fc.oneof(fc.constant(known[name] ?? ""), fc.stringMatching(/^[!-~]{0,40}$/)),
  ]);
  return fc.record(Object.fromEntries(values), { requiredKeys: [] }) as Arbitrary<Record<string, string>>;
}

function bodiesOf({ body, source }: Described): Arbitrary<string | Buffer | undefined> {
  if (source.upload) {
    return fc.oneof(
      fc.constant(PICTURE),
      fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
    );
  }
  return body ? valuesOf(body).map((value) => JSON.stringify(value)) : fc.constant(undefined);
}
