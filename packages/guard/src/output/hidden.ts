import { detect } from "./detect.ts";

interface Encoding {
  readonly name: "base64" | "hex";
  /** Shorter ones hide nothing that a detector knows. */
  readonly digits: RegExp;
  /** Digits for whole characters: where they begin is not known when other letters stand before them. */
  readonly unit: number;
}

const ENCODINGS: readonly Encoding[] = [
  { name: "hex", digits: /[0-9a-f]{16,}/gi, unit: 2 },
  { name: "base64", digits: /[A-Za-z0-9+/_-]{16,}/g, unit: 4 },
  // In a path, a slash is before it.
  { name: "base64", digits: /[A-Za-z0-9+_-]{16,}/g, unit: 4 },
];

/** Whether a word hides something in base64, hexadecimal, percent signs, or backwards. */
export function hides(word: string): boolean {
  if (/[a-z]/i.test(word) && isFoundIn([...word].reverse().join(""))) return true;
  if (/%[0-9a-f]{2}/i.test(word)) {
    const plain = word.replace(/%([0-9a-f]{2})/gi, (_, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    if (isFoundIn(plain)) return true;
  }
  for (const { name, digits, unit } of ENCODINGS) {
    for (const [part] of word.matchAll(digits)) {
      for (let from = 0; from < unit; from++) {
        const text = Buffer.from(part.slice(from), name).toString("latin1");
        if (isFoundIn(text.replace(/[^\x20-\x7e]/g, " "))) return true;
      }
    }
  }
  return false;
}

function isFoundIn(text: string): boolean {
  return detect(text).length > 0;
}
