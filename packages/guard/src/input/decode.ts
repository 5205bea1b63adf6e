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
    .replace(/&(?:#x([0-9a-f]{1,6});?|#([0-9]{1,7});?|([a-z]{2,4});)/gi, (entity, hex, decimal, name) =>
      name
        ? (NAMED[name.toLowerCase()] ?? entity)
        : (character(hex ? Number.parseInt(hex, 16) : Number(decimal)) ?? entity),
    )
    .replace(ESCAPE, (written, braced, half, short) => {
      const code = Number.parseInt(braced ?? half ?? short, 16);
      // Two halves make a character.
      return (half && code > 0 ? String.fromCharCode(code) : character(code)) ?? written;
    })
    .replace(HEX, (run) => instead(run, fromHex(run.replace(/0x|[ :,]/gi, ""))))
    .replace(BASE64, (run) => instead(run, fromBase64(run)));
}

/** As JavaScript, Rust, C and JSON write them. */
const ESCAPE = /\\(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))/gi;
/** Pairs of digits. Each way to go on begins with another sign, so that there is one way to read a run. */
const HEX = /(?<![0-9a-f])(?:[0-9a-f]{2}(?:[ :,]{0,2}(?=[0-9a-f]{2})|,? ?0x(?=[0-9a-f]{2}))?){8,}/gi;
const BASE64 = /(?<![a-z0-9+/_-])[a-z0-9+/_-]{16,}={0,2}/gi;
/** They may be base64's, or stand between it and a word. */
const SEPARATORS = /[+/_-]/;

/** What was decoded, a word of its own, in no more room. */
function instead(run: string, text: string | undefined): string {
  return text === undefined ? run : ` ${text.trim()} `.slice(0, run.length);
}

/** Words beside the digits look like some of them ("be", "add"): bytes that are no text there are left out, or a digit. */
function fromHex(digits: string): string | undefined {
  const even = digits.slice(0, digits.length & ~1);
  const shifted = digits.slice(1, digits.length - ((digits.length - 1) % 2));
  return bytes(even, "hex", true) ?? bytes(shifted, "hex", true);
}

/** All of it, or without the word before or behind it, or the longest part. */
function fromBase64(run: string): string | undefined {
  const whole = bytes(run, "base64");
  if (whole !== undefined || !SEPARATORS.test(run)) return whole;
  const parts = run.split(SEPARATORS);
  const longest = parts.reduce((most, part) => (part.length > most.length ? part : most));
  const [first = "", last = ""] = [parts[0], parts.at(-1)];
  for (const part of [run.slice(first.length + 1), run.slice(0, -last.length - 1), longest]) {
    const text = bytes(part, "base64");
    if (text !== undefined) return run.replace(part, () => ` ${text} `.slice(0, part.length));
  }
  return undefined;
}

/**
 * @param trimmed whether what is no text at its ends is left out
 * @returns undefined when they are not a text in UTF-8
 */
function bytes(digits: string, encoding: "hex" | "base64", trimmed = false): string | undefined {
  const decoded = Buffer.from(digits, encoding).toString("utf8");
  const text = trimmed ? decoded.replace(/^\ufffd+/, "").replace(/(?<!\ufffd)\ufffd+$/, "") : decoded;
  if (text === "" || text.includes("\ufffd")) return undefined;
  const printable = text.replace(/[^\p{L}\p{N}\p{P}\p{S}\p{M}\s]/gu, "");
  return printable.length >= text.length * 0.9 ? text : undefined;
}

function character(code: number): string | undefined {
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
    ? String.fromCodePoint(code)
    : undefined;
}
