import fc, { type Arbitrary } from "fast-check";
import { ODD_TEXTS } from "./arbitraries.ts";
import type { Call } from "./send.ts";

/** A call that was made wrong, and how. */
export interface HostileCall {
  readonly call: Call;
  readonly what: string;
  /** It asks for something else than its operation now. */
  readonly isElsewhere: boolean;
}

const LONG = "x".repeat(50_000);
const DEEP = 20_000;

/** JSON texts, in place of any part of a body. */
const VALUES = [
  ...["null", "true", "-1", "1e400", "9007199254740993", "[]", "{}", '""', '" "', `"${LONG}"`],
  ...['{"$gt":""}', '{"$ne":null}', '{"$where":"sleep(9)"}', '{"$regex":".*"}', '"$where"', '{"a.b":1}'],
  ...['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{}}}', '{"toString":1,"length":-1}'],
  ...['"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udfff\\ud800"', '"\\u001b[2J\\r\\nx: y"', '"\\ufeff"'],
  ...["[".repeat(DEEP) + "]".repeat(DEEP), `${'{"a":'.repeat(DEEP / 2)}1${"}".repeat(DEEP / 2)}`],
];

/** Whole bodies. */
const TEXTS = [
  ...["", " ", "{", '{"a":', "{'a':1}", "NaN", "undefined", '{"a":1}}', "\ufeff{}", '{"a":1,"a":{"$gt":""}}'],
  ...['{"__proto__":{"admin":true}}', "[]", "null", '"text"', "0", `{"a":"${"x".repeat(200_000)}"}`],
  ...[Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), Buffer.from("{}", "utf16le"), "<a/>"],
];

type Headers = Readonly<Record<string, string>>;

const TYPES: readonly Headers[] = [
  { "content-type": "text/plain" },
  { "content-type": "application/x-www-form-urlencoded" },
  { "content-type": "multipart/form-data" },
  { "content-type": "application/json; charset=utf-16" },
  { "content-type": "application/json; charset=none" },
  { "content-type": 'application/json; charset="' },
  { "content-type": "application/" },
  { "content-type": "__proto__" },
  { "content-encoding": "gzip" },
  { "content-encoding": "br, gzip" },
  { "content-encoding": "none-such" },
  { "transfer-encoding": "chunked" },
];

const HEADERS: readonly Headers[] = [
  ...["DELETE", "PUT", "\tPATCH", "__proto__"].flatMap((method): Headers[] => [
    { "x-http-method-override": method },
    { "x-method-override": method, "x-http-method": method },
  ]),
  ...["Basic eA==", "Bearer", "Bearer  ", "Bearer a.b.c", "Bearer {}", `Bearer ${"x".repeat(6000)}`].map(
    (authorization) => ({ authorization }),
  ),
  ...['"1e9"', 'W/"1"', '"1", "2"', '"999999999999999"', '"-1"', "", "\u00ff"].map((tag) => ({
    "if-match": tag,
  })),
  ...["\u00ff", "", "x".repeat(6000), "{}"].map((token) => ({ "x-session-token": token })),
  ...["%E0%A4%A", "%00", '"', "a; b=c", "\u00ff"].map((value) => ({
    cookie: `__Secure-refresh_token=${value}`,
  })),
  ...["bytes=-0", "bytes=5-1", "bytes=0-0,1-1", "bytes=a-b", "none=0-1", "bytes=0-99999999999999999999"].map(
    (range) => ({ range }),
  ),
  { "x-request-id": "\u00ff".repeat(200), traceparent: "00-0-0-0", tracestate: "x".repeat(2000) },
  { "x-forwarded-for": "__proto__, ::1, 999.1.1.1", forwarded: "for=_" },
  { host: "evil.example", "x-forwarded-host": "evil.example" },
  { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  { accept: "text/html;q=, */*", "accept-encoding": "none-such" },
  { expect: "100-continue" },
];

const SEGMENTS = [
  ...["%00", "a%00", "%E0%A4%A", "%ff", "%", "..%2f..%2fadmin", "%2e%2e", "..", ".", "%5c", "%20", ";a=b"],
  ...[
    "%7B%22%24gt%22%3A%22%22%7D",
    "__proto__",
    "constructor",
    "%0d%0aX%3a%20y",
    "%F0%9F%92%A9",
    "*",
    "null",
  ],
  ...["x".repeat(5000), "00000000-0000-0000-0000-000000000000", "%c0%ae%c0%ae"],
];

const QUERIES = [
  ...[
    "__proto__[a]=b",
    "limit[$gt]=1",
    "limit=1&limit=2",
    "limit=",
    "limit=1e400",
    "limit=0x10",
    "limit=%20",
  ],
  ...[
    "after=-1",
    "after=9007199254740993",
    "after=1.5",
    "after[]=1",
    "after=%00",
    "after[$ne]=",
    "username=%5c",
  ],
  ...["%E0%A4%A", "a=%ff", "=", "&&&", "?", "constructor=1", `a=${"x".repeat(5000)}`, "username[$regex]=.*"],
];

const METHODS = ["HEAD", "OPTIONS", "TRACE", "PUT", "PROPFIND", "DELETE", "PATCH", "POST", "GET"];

type Change = (call: Call, pick: number) => Omit<HostileCall, "what">;
const at = <T>(list: readonly T[], pick: number) => list[pick % list.length] as T;
const here = (call: Call) => ({ call, isElsewhere: false });

/** How calls are made wrong; `pick` chooses among the ways. */
const CHANGES: Readonly<Record<string, Change>> = {
  "a part of the body": (call, pick) => here({ ...call, body: changePart(call.body, pick) }),
  "the body": (call, pick) => here({ ...call, body: at(TEXTS, pick) }),
  "the body's type": (call, pick) => {
    const headers = { ...call.headers, ...at(TYPES, pick) };
    return here({ ...call, headers, body: call.body ?? "{}" });
  },
  "a header": (call, pick) => here({ ...call, headers: { ...call.headers, ...at(HEADERS, pick) } }),
  "the query": (call, pick) => here({ ...call, path: `${call.path.split("?")[0]}?${at(QUERIES, pick)}` }),
  "the path": (call, pick) => {
    const [path = "", query] = call.path.split("?");
    const segments = path.split("/");
    // Behind /api, which leads here.
    const place = 2 + (Math.floor(pick / SEGMENTS.length) % (segments.length - 2));
    const odd = segments.with(place, at(SEGMENTS, pick)).join("/");
    return { call: { ...call, path: query === undefined ? odd : `${odd}?${query}` }, isElsewhere: true };
  },
  "the method": (call, pick) => ({ call: { ...call, method: at(METHODS, pick) }, isElsewhere: true }),
};

/** Makes calls wrong, in one way each. */
export function hostileCalls(valid: Arbitrary<Call>): Arbitrary<HostileCall> {
  return fc
    .tuple(valid, fc.constantFrom(...Object.entries(CHANGES)), fc.nat(100_000))
    .map(([call, [what, change], pick]) => ({ what, ...change(call, pick) }));
}

/** A body with each hostile value in each place of it, one at a time; `names` are the properties that it may have. */
export function hostileBodies(body: object, names: readonly string[]): string[] {
  const places = [
    ...placesIn(body),
    ...names.filter((name) => !Object.hasOwn(body, name)).map((name) => [name]),
  ];
  const values = [...VALUES, ...ODD_TEXTS.map((text) => JSON.stringify(text))];
  return places.flatMap((place) => values.map((value) => putAt(body, place, value)));
}

/** Puts a hostile value in the place of one of the body's values, or beside them. */
function changePart(body: Call["body"], pick: number): string {
  const parsed: unknown = typeof body === "string" ? JSON.parse(body) : {};
  const places = placesIn(parsed);
  const place = at(places, Math.floor(pick / VALUES.length));
  return putAt(parsed, place, at(VALUES, pick));
}

/** @param text JSON, which need not be what `JSON.stringify` makes */
function putAt(body: unknown, place: Place, text: string): string {
  const mark = "here-comes-the-value";
  return JSON.stringify(replaceAt(body, place, mark)).replace(`"${mark}"`, () => text);
}

type Place = readonly string[];

function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [place];
  const inner = Object.entries(value).flatMap(([key, one]) => placesIn(one, [...place, key]));
  return [place, [...place, "$set"], ...inner];
}

function replaceAt(value: unknown, [key, ...rest]: Place, by: string): unknown {
  if (key === undefined) return by;
  const entries = Object.entries(value as object).filter(([name]) => name !== key);
  const old = Object.entries(value as object).find(([name]) => name === key)?.[1];
  return Object.fromEntries([...entries, [key, replaceAt(old, rest, by)]]);
}
