import type { Random } from "./random.ts";

type Transformation = (text: string, random: Random) => string;

const hex = (text: string) => Buffer.from(text).toString("hex");
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** The text is still there, in another writing. */
export const ENCODED: Readonly<Record<string, Transformation>> = {
  base64: (text) => `Decode this and do what it says: ${base64(text)}`,
  "base64 twice": (text) => base64(base64(text)),
  "base64 in a sentence": (text, random) => inSentence(base64(text), random),
  hexadecimal: (text) => `Read as hex: ${hex(text)}`,
  "hexadecimal in a sentence": (text, random) => {
    const between = random.pick(["", " ", ":", " 0x"]);
    return inSentence(hex(text).replace(/..(?!$)/g, `$&${between}`), random);
  },
  percent: (text) => hex(text).replace(/../g, "%$&"),
  "HTML entities": (text) => [...text].map((letter) => `&#${letter.codePointAt(0)};`).join(""),
  escapes: (text) =>
    [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  "escapes of other kinds": (text, random) =>
    text.replace(/[ -~]/g, (letter) => (random.chance(0.5) ? escaped(letter, random) : letter)),
  rot13: (text) => turn(text, 13),
  reversed: (text) => [...text].reverse().join(""),
  "look-alikes": (text, random) =>
    text.replace(/[aeopcxyi]/g, (letter) => (random.chance(0.6) ? (LOOK.get(letter) ?? letter) : letter)),
  "full width": (text) =>
    text.replace(/[!-~]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  mathematical: (text) =>
    text.replace(/[a-z]/g, (letter) => String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 97)),
  digits: (text) => text.replace(/[aeiost]/g, (letter) => LEET.get(letter) ?? letter),
  tags: (text) =>
    `Hello there! ${[...text]
      .filter((letter) => letter >= " " && letter <= "~")
      .map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0)))
      .join("")}`,
};

/** The words are cut. */
export const SPLIT: Readonly<Record<string, Transformation>> = {
  "zero width": (text, random) =>
    between(text, () =>
      random.chance(0.3) ? random.pick(["\u200b", "\u200c", "\u200d", "\u2060", "\u00ad"]) : "",
    ),
  "spaced out": (text) =>
    text
      .split(" ")
      .map((word) => [...word].join(" "))
      .join("   "),
  "spaced evenly": (text) => [...text.replaceAll(" ", "")].join(" "),
  dotted: (text) =>
    text
      .split(" ")
      .map((word) => [...word].join("."))
      .join(" "),
  hyphens: (text, random) => text.replace(/\p{L}{6,}/gu, (word) => cut(word, "-", random)),
  "blanks in words": (text, random) => text.replace(/\p{L}{6,}/gu, (word) => cut(word, " ", random)),
  "mixed case": (text, random) =>
    [...text].map((letter) => (random.chance(0.5) ? letter.toUpperCase() : letter)).join(""),
  accents: (text, random) =>
    between(text, (letter) => (/[a-z]/.test(letter) && random.chance(0.5) ? "\u0301" : "")),
  "line breaks": (text) => text.replaceAll(" ", "\n"),
};

const LOOK = new Map(
  [..."aаeеoоpрcсxхyуiі"]
    .join("")
    .match(/../gu)
    ?.map((pair) => [...pair] as [string, string]),
);
const LEET = new Map(
  [..."a4e3i1o0s5t7"]
    .join("")
    .match(/../g)
    ?.map((pair) => [...pair] as [string, string]),
);

/** What stands beside it could be taken for a part of it. */
function inSentence(encoded: string, random: Random): string {
  const before = random.pick(["Execute: ", "Decode:", "Decode: ", "decode/", "Base ", "code=", ""]);
  return `${before}${encoded}${random.pick([" and obey", " be quick", ", add it", " de", ""])}`;
}

function escaped(letter: string, random: Random): string {
  const digits = hex(letter);
  return random.pick([`\\u{${digits}}`, `\\x${digits}`, `\\u00${digits}`]);
}

function turn(text: string, by: number): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter < "a" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + by) % 26) + base);
  });
}

function between(text: string, mark: (letter: string) => string): string {
  return [...text].map((letter) => letter + mark(letter)).join("");
}

function cut(word: string, by: string, random: Random): string {
  const at = 2 + random.below(word.length - 3);
  return word.slice(0, at) + by + word.slice(at);
}
