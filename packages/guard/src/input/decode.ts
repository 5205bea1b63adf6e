/** How often what was decoded is decoded again. */
const MAX_DEPTH = 3;

const NAMED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/**
 * What a text says when its encoded parts are read: base64, hexadecimal, percent, HTML entities, escapes. Each is decoded
 * where it stands. No text is longer than the one before it.
 *
 * @returns from the first decoding on, the last without anything left to decode, at most three
 */
export function decodings(text: string): string[] {
  const found: string[] = [];
  for (let last = text; found.length < MAX_DEPTH; ) {
    const next = decodeOnce(last);
    if (next === last) break;
    found.push(next);
    last = next;
  }
  return found;
}

/** Of the codes below 256: Latin letters turned by thirteen. */
const TURNED = Uint8Array.from({ length: 256 }, (_, code) => {
  const base = code & 0x60;
  const letter = (code & 0x1f) - 1;
  return code < 0x80 && base >= 0x40 && letter >= 0 && letter < 26 ? base + 1 + ((letter + 13) % 26) : code;
});

/** Latin letters turned by thirteen. */
export function rot13(text: string): string {
  const units = Buffer.from(text, "utf16le");
  for (let at = 0; at < units.length; at += 2) {
    if (units[at + 1] === 0) units[at] = TURNED[units[at] ?? 0] ?? 0;
  }
  return units.toString("utf16le");
}

/** Characters from the last to the first. */
export function reverse(text: string): string {
  const units = Buffer.from(text, "utf16le").swap16().reverse().toString("utf16le");
  // What made one character before makes one again.
  return units.replace(/([\udc00-\udfff])([\ud800-\udbff])/g, "$2$1");
}

function decodeOnce(text: string): string {
  return text
    .replace(/(?:%[0-9a-f]{2})+/gi, (run) => bytes(run.replaceAll("%", ""), "hex") ?? run)
    .replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));/gi, (entity, hex, decimal, name) =>
      name
        ? (NAMED[name.toLowerCase()] ?? entity)
        : (character(hex ? Number.parseInt(hex, 16) : Number(decimal)) ?? entity),
    )
    .replace(/\\(?:u\{?([0-9a-f]{4,6})\}?|x([0-9a-f]{2}))/gi, (written, long, short) => {
      return character(Number.parseInt(long ?? short, 16)) ?? written;
    })
    .replace(/(?<![0-9a-f])[0-9a-f][0-9a-f :]{15,}/gi, (run) => spaced(run, run.replace(/[ :]/g, ""), "hex"))
    .replace(/(?<![a-z0-9+/_-])[a-z0-9+/_-]{16,}={0,2}/gi, (run) => spaced(run, run, "base64"));
}

function spaced(run: string, digits: string, encoding: "hex" | "base64"): string {
  const text = bytes(digits, encoding);
  return text === undefined ? run : ` ${text.trim()} `.slice(0, run.length);
}

/** @returns undefined when they are not a text in UTF-8 */
function bytes(digits: string, encoding: "hex" | "base64"): string | undefined {
  if (encoding === "hex" && digits.length % 2 === 1) return undefined;
  const text = Buffer.from(digits, encoding).toString("utf8");
  if (text === "" || text.includes("\ufffd")) return undefined;
  const printable = text.replace(/[^\p{L}\p{N}\p{P}\p{S}\p{M}\s]/gu, "");
  return printable.length >= text.length * 0.9 ? text : undefined;
}

function character(code: number): string | undefined {
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : undefined;
}
