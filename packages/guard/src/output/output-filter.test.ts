import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOutputFilter, isRedacted, REDACTED } from "./output-filter.ts";

const JWT = `eyJhbGciOiJFUzI1NiJ9.${"eyJzdWIiOiJ4In0".repeat(3)}.c2lnbmF0dXJl`;
const KEY = `-----BEGIN RSA PRIVATE KEY-----\nMIIEow${"IBAAKCAQEA0\n".repeat(20)}==\n-----END RSA PRIVATE KEY-----`;
const SECRETS: Readonly<Record<string, string>> = {
  "a private key": KEY,
  "an AWS key": "AKIAIOSFODNN7EXAMPLE",
  "a GitHub token": `ghp_${"a1B2".repeat(9)}`,
  "a model provider's key": "sk-live-0123456789abcdefgh",
  "a token": JWT,
  "a card": "4111 1111 1111 1111",
  "an IBAN": "DE89 3704 0044 0532 0130 00",
  "a British IBAN": "GB29 NWBK 6016 1331 9268 19",
  "an address": "eve.smith+x@mail.example.org",
  "a telephone number": "+49 (170) 123-4567",
  "an American telephone number": "(415) 555-2671",
  "a given password": 'password: "hunter2hunter2"',
};

function filter(text: string, { own = [] as string[], cuts = [] as number[] } = {}): string {
  const { push, end } = createOutputFilter(own);
  const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
  return places.map((from, n) => push(text.slice(from, places[n + 1] ?? from))).join("") + end();
}

describe("the output filter", () => {
  it.each(Object.entries(SECRETS))("takes out %s", (_, secret) => {
    const out = filter(`Here it is: ${secret}, and more. Bye!`);
    expect(out).toContain(REDACTED);
    expect(out).toMatch(/^Here it is: .*, and more\. Bye!$/s);
    for (const part of secret.match(/[A-Za-z0-9]{4,}/g) ?? []) {
      if (part !== "password") expect(out).not.toContain(part);
    }
  });

  it("takes out the password of a URL, and leaves the rest of it", () => {
    expect(filter("see postgres://app:s3cret!@db:5432/x")).toBe(`see postgres://app:${REDACTED}@db:5432/x`);
  });

  it.each(["base64", "hex"] as const)("takes out a key in %s", (encoding) => {
    const hidden = Buffer.from("the key is sk-live-0123456789abcdefgh").toString(encoding);
    expect(filter(`![x](https://x.example/?d=${hidden}) ok`)).toBe(`${REDACTED} ok`);
    // What is plain must not draw attention from it.
    expect(filter(`![x](https://x.example/?e=a@b.co&d=${hidden}) ok`)).toBe(`${REDACTED} ok`);
    expect(filter(`https://u:p4ssw0rd@x.example/${hidden} ok`)).toBe(`${REDACTED} ok`);
  });

  it.each([
    "In 2024 (and 2025) we sold 1 200 300 pieces, 4111 1111 1111 1112 in all.",
    "Call A4 120 B at 10:30; see https://example.org/a/b?c=1#d, v1.2.3-rc.4 or user@localhost.",
    "用户名是小王。日本語も大丈夫です。 Ünïcödé 👍🏽 stays",
    "The secret: practising every day. A token = a coin. IS IT DE89 OR NOT?",
    "",
  ])("leaves %j as it is", (text) => {
    expect(filter(text)).toBe(text);
    expect(isRedacted(filter(text))).toBe(false);
  });

  it("lets users see what they wrote themselves, and no more", () => {
    const own = ["my mail is Ann@Example.org and my card 4111-1111-1111-1111"];
    const said = "ann@example.org, 4111 1111 1111 1111, bob@example.org";
    expect(filter(said, { own })).toBe(`ann@example.org, 4111 1111 1111 1111, ${REDACTED}`);
  });

  it("gives out the same however the text is cut", () => {
    const part = fc.oneof(
      fc.constantFrom(
        ...Object.values(SECRETS),
        "\n",
        " ",
        ". ",
        "-----BEGIN ",
        "PRIVATE KEY-----",
        "1234 ",
        "x@",
      ),
      fc.string({ unit: "grapheme", maxLength: 12 }),
      fc.string({ unit: "grapheme-ascii", maxLength: 12 }),
      fc.integer({ min: 4090, max: 4102 }).map((length) => "7".repeat(length)),
    );
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
    const cut = text.chain((whole) =>
      fc.tuple(fc.constant(whole), fc.array(fc.nat({ max: whole.length }), { maxLength: 30 })),
    );
    fc.assert(
      fc.property(cut, ([whole, cuts]) => {
        expect(filter(whole, { cuts })).toBe(filter(whole));
      }),
      { numRuns: 500 },
    );
  });

  it("holds back no more than the last word", () => {
    const { push } = createOutputFilter();
    expect(push("One two")).toBe("One");
    expect(push(" three,\n")).toBe(" two three,\n");
    expect(push("好的")).toBe("好的");
  });

  it("takes out what is longer than any word", () => {
    expect(filter(`a ${"x".repeat(10_000)} b`)).toBe(`a ${REDACTED} b`);
  });
});
