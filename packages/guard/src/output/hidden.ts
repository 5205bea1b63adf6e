import { detect } from "./detect.ts";

/** Shorter ones hide nothing that a detector knows. */
const ENCODED = /[A-Za-z0-9+/_-]{16,}/g;

/** Digits of a code for whole characters: where it begins is not known when other letters stand before it. */
const ENCODINGS = { base64: 4, hex: 2 } as const;

/** Whether a word hides something in base64, hexadecimal, percent signs, or backwards. */
export function hides(word: string): boolean {
  if (/[a-z]/i.test(word) && isFoundIn([...word].reverse().join(""))) return true;
  if (/%[0-9a-f]{2}/i.test(word)) {
    const plain = word.replace(/%([0-9a-f]{2})/gi, (_, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
    if (isFoundIn(plain)) return true;
  }
  for (const [part] of word.matchAll(ENCODED)) {
    for (const [encoding, unit] of Object.entries(ENCODINGS)) {
      for (let from = 0; from < unit; from++) {
        const text = Buffer.from(part.slice(from), encoding as keyof typeof ENCODINGS).toString("latin1");
        if (isFoundIn(text.replace(/[^\x20-\x7e]/g, " "))) return true;
      }
    }
  }
  return false;
}

function isFoundIn(text: string): boolean {
  return detect(text).length > 0;
}
