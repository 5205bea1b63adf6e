import { collapse, fold } from "./fold.ts";
import { LEXICA, MARKS } from "./lexicon.ts";
import { createMatcher, type Word } from "./matcher.ts";
import { REMOVAL_LEXICA } from "./removal-lexicon.ts";

/** Scripts that write words without spaces between them, or join small words to the next. */
const JOINED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Arabic}]/u;

/** Languages whose verbs come last, or may. */
const VERBS_LAST = new Set(["de", "nl", "ja", "tr", "zh"]);

/** Shorter ones would be found in the middle of other words. */
const MIN_SQUEEZED = 4;

const numbers = new Map<string, number>();

/** @returns the number of a meaning */
export function meaning(label: string): number {
  const known = numbers.get(label) ?? numbers.size;
  if (known > 31)
    throw new Error(`"${label}" is the 33rd meaning; matchers keep them in the bits of a number`);
  numbers.set(label, known);
  return known;
}

const words = allWords();
const latin = words.filter(({ text }) => /^[ -~]+$/.test(text));

/** Find the words in texts that were folded for them. */
export const READERS = {
  plain: createMatcher(words),
  asLatin: createMatcher(latin.map((word) => ({ ...word, text: collapse(word.text) }))),
  squeezed: createMatcher(squeezable(words, (text) => text)),
  squeezedLatin: createMatcher(squeezable(latin, collapse)),
} as const;
export type Reader = keyof typeof READERS;

function allWords(): Word[] {
  const found = new Map<string, Word>();
  const add = (label: string, written: string, { mark = false, leads = false }) => {
    const whole = written.endsWith("$");
    const text = fold(whole ? written.slice(0, -1) : written).trim();
    const anywhere = mark || JOINED.test(text);
    found.set(`${label} ${text}`, { meaning: meaning(label), text, whole, leads, anywhere });
  };
  for (const [language, lexicon] of [...Object.entries(LEXICA), ...Object.entries(REMOVAL_LEXICA)]) {
    const leads = !VERBS_LAST.has(language);
    for (const [label, list] of Object.entries(lexicon)) {
      for (const written of list.split("|")) add(label, written, { leads });
    }
  }
  for (const [label, list] of Object.entries(MARKS))
    for (const written of list) add(label, written, { mark: true });
  return [...found.values()];
}

function squeezable(from: readonly Word[], change: (text: string) => string): Word[] {
  const marks = new Set(Object.keys(MARKS).map(meaning));
  const bare = from.map((word) => ({ ...word, text: change(word.text.replace(/[^\p{L}\p{N}]/gu, "")) }));
  const long = bare.filter((word) => word.text.length >= MIN_SQUEEZED && !marks.has(word.meaning));
  return long.map((word) => ({ ...word, anywhere: true, whole: false }));
}
