/** What must not be given away, where it stands in a text. */
export interface Found {
  readonly start: number;
  readonly end: number;
  /** As it counts when compared: no spaces or signs, lower case. */
  readonly identity: string;
}

interface Detector {
  readonly pattern: RegExp;
  readonly holds?: (text: string) => boolean;
}

/**
 * The issuers' published forms; no pattern repeats a repetition. The group `secret`, if there is one, is what is taken
 * out.
 */
const DETECTORS: readonly Detector[] = [
  { pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { pattern: /\bgh[pousr]_[A-Za-z0-9]{20,255}/g },
  { pattern: /\bgithub_pat_[A-Za-z0-9_]{20,255}/g },
  { pattern: /\bglpat-[A-Za-z0-9_-]{20,64}/g },
  { pattern: /\bxox[abeprs]-[A-Za-z0-9-]{10,255}/g },
  { pattern: /\bsk-[A-Za-z0-9_-]{16,255}/g },
  { pattern: /\b[rsp]k_(?:live|test)_[A-Za-z0-9]{10,255}/g },
  { pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { pattern: /\b(?:npm|hf)_[A-Za-z0-9]{30,64}/g },
  { pattern: /\beyJ[A-Za-z0-9_-]{5,2000}\.[A-Za-z0-9_-]{5,2000}\.[A-Za-z0-9_-]{0,2000}/g },
  { pattern: /:\/\/[^\s/:@"'<>]{0,256}:(?<secret>[^\s/@"'<>]{1,256})@/dg },
  {
    pattern:
      /(?:passwor[dt]|passwd|pwd|secret|api[_-]?key|access[_-]?key|token)["'*`]{0,3}[:=]["'*`]{0,3} ?["'*`]{0,3}(?<secret>[^\s"'`&,;<>{}[\]]{8,256})/dgi,
    holds: (text) => /\d/.test(text),
  },
  { pattern: /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,4}/g },
  { pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b/g, holds: isIban },
  { pattern: /(?<![\dA-Za-z])\d(?:[ -]?\d){12,18}(?!\d)/g, holds: isCard },
  { pattern: /(?<![\dA-Za-z])(?:\+|00)[1-9](?:[ ()./-]{0,2}\d){7,14}(?!\d)/g },
  { pattern: /(?<![\dA-Za-z])\(?\d{3}\)?[ .-]\d{3}[.-]\d{4}(?!\d)/g },
];

/** @returns what was found, by place; parts that overlap are one */
export function detect(text: string): Found[] {
  const all: Found[] = [];
  for (const { pattern, holds } of DETECTORS) {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = match.indices?.groups?.secret ?? [match.index, match.index + match[0].length];
      const part = text.slice(start, end);
      if (holds === undefined || holds(part)) all.push({ start, end, identity: identify(part) });
    }
  }
  return merge(all);
}

function merge(all: readonly Found[]): Found[] {
  const merged: Found[] = [];
  for (const found of all.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || found.start >= last.end) merged.push(found);
    else if (found.end > last.end) {
      merged[merged.length - 1] = { ...last, end: found.end, identity: `${last.identity} ${found.identity}` };
    }
  }
  return merged;
}

function identify(part: string): string {
  return part.toLowerCase().replace(/[^a-z0-9@_]/g, "");
}

/** ISO/IEC 7812: the check digit after Luhn. */
function isCard(text: string): boolean {
  const digits = [...text.replace(/\D/g, "")].reverse().map(Number);
  const sum = digits.reduce((total, digit, place) => {
    const value = place % 2 === 0 ? digit : digit * 2;
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0 && new Set(digits).size > 1;
}

/** ISO 13616: the remainder by 97 is 1. */
function isIban(text: string): boolean {
  const bare = text.replaceAll(" ", "");
  let rest = 0;
  for (const sign of bare.slice(4) + bare.slice(0, 4)) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}
