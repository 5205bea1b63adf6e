import { isLetter, isLetterPair } from "./letters.ts";

/**
 * Characters that are not seen: zero-width, bidirectional controls, fillers, variation selectors, soft hyphens
 * (Unicode's Default_Ignorable_Code_Point, without the tags).
 */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Tag characters spell ASCII that no one sees and that a model reads. */
const TAGS = /[\u{e0020}-\u{e007e}]/gu;
/** Accents of Latin, Greek and Cyrillic, stacked marks, Arabic vowels and its lengthening stroke. */
const MARKS = /[\u0300-\u036f]|[\u064b-\u065f]|\u0640|\u0670|[\u1ab0-\u1aff]|[\u20d0-\u20ff]/g;

/**
 * More marks on one letter than anything written has (UAX #15, Stream-Safe Text Format). Normalisation sorts them, in
 * time that grows with the square of their number. The two half-width ones become marks by it.
 */
const STACKED = /([\p{M}\uff9e\uff9f]{30})[\p{M}\uff9e\uff9f]+/gu;

/**
 * Letters that look like Latin ones, in lower case, after compatibility normalisation has folded the styled and
 * full-width ones. From the pairs of UTS #39 whose scripts keyboards have.
 */
const LOOK_ALIKES = pairs(
  "аa вb сc ԁd еe ғf ɡg һh іi јj кk ӏl мm нh оo рp ԛq гr ѕs тt ѵv ԝw хx уy ьb зз єe",
  "αa βb ϲc δd εe ηn ιi κk νv οo ρp τt υu χx γy ωw σo",
  "աw օo ոn սu զq հh ցg յj",
  "ɑa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz ꞓc ɩi łl øo đd",
);
const LOOK_ALIKE = new RegExp(`[${[...LOOK_ALIKES.keys()].join("")}]`, "g");

/** In a word that has letters too. */
const LEET = pairs("0o 1i 3e 4a 5s 6g 7t 8b 9g @a $s €e £i |i !i +t");

/** All but a single space. */
const SPACES = /\s\s+|[^\S ]/g;
/** A word with a digit or sign in it. Starts at words only, so that the time is linear. */
const LEET_WORD = /(?<!\S)[^\s0-9@$€£|!+]*[0-9@$€£|!+]\S*/g;

export function isAscii(text: string): boolean {
  return !/[^\p{ASCII}]/u.test(text);
}

/** How a text reads: nothing hidden, no styles, accents or capitals, one space between words, a line for a paragraph. */
export function fold(text: string): string {
  const lower = isAscii(text) ? text.toLowerCase() : foldLetters(text);
  return lower.replace(SPACES, (space) => (space.split("\n").length > 2 ? "\n" : " "));
}

function foldLetters(text: string): string {
  return text
    .replace(TAGS, (tag) => String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000))
    .replace(INVISIBLE, "")
    .replace(STACKED, "$1")
    .toLowerCase()
    .normalize("NFKD")
    .replace(MARKS, "")
    .normalize("NFC")
    .replace(/[ßı]/g, (letter) => (letter === "ß" ? "ss" : "i"));
}

/** A folded text with look-alikes and digits read as the Latin letters that they stand for. */
export function readAsLatin(folded: string): string {
  const latin = folded.replace(LOOK_ALIKE, (letter) => LOOK_ALIKES.get(letter) ?? letter);
  return collapse(latin.replace(LEET_WORD, (word) => (/[a-z]/.test(word) ? readLeet(word) : word)));
}

/** A text or stem with `l` and `i` as one, since a 1 may be either. */
export function collapse(stem: string): string {
  return stem.replaceAll("l", "i");
}

/** Private characters that stand for the end of a sentence and a quotation mark. */
const [END, QUOTE] = ["\ue000", "\ue001"];
const [DOT, SPACE, QUOTATION_MARK] = [0x2e, 0x20, 0x22];

/** Without what separates letters, so that words split by anything are whole; ends of sentences and quotations are kept. */
export function squeeze(folded: string): string {
  const marked = folded
    .replace(/[\ue000\ue001]/g, "")
    .replace(/"([^"\n]{12,})"/g, `${QUOTE}$1${QUOTE}`)
    .replace(/[.!?](?=[\s"')\ue001]|$)|\n/g, END);
  const units = new Uint16Array(2 * marked.length);
  let size = 0;
  const keep = (unit: number) => {
    units[size++] = unit;
  };
  for (let at = 0; at < marked.length; at++) {
    const unit = marked.charCodeAt(at);
    if (isLetter(unit)) keep(unit);
    else if (isLetterPair(marked, at)) [unit, marked.charCodeAt(++at)].forEach(keep);
    else if (unit === END.charCodeAt(0)) [DOT, SPACE].forEach(keep);
    else if (unit === QUOTE.charCodeAt(0)) keep(QUOTATION_MARK);
  }
  return Buffer.from(units.buffer, 0, size * 2).toString("utf16le");
}

function readLeet(word: string): string {
  return word.replace(/[0-9@$€£|!+]/g, (sign, at: number) =>
    // At its end they are punctuation.
    (sign === "!" || sign === "|" || sign === "+") && at === word.length - 1
      ? sign
      : (LEET.get(sign) ?? sign),
  );
}

function pairs(...lists: string[]): ReadonlyMap<string, string> {
  const all = lists.flatMap((list) => list.split(" ")).map((pair) => [...pair] as [string, string]);
  return new Map(all);
}
