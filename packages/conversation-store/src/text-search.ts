import { foldText, isAscii } from "./fold-text.ts";

/** Characters around a hit. */
const BEFORE = 40;
const AFTER = 100;

/** What a person takes for one character is not cut. */
const CHARACTERS = new Intl.Segmenter("und", { granularity: "grapheme" });

/** A search for words, in any case of letters. */
export interface TextSearch {
  isIn(text: string): boolean;
  /** The text around the first place where it has the words; its begin when it has none. */
  snippetOf(text: string): string;
}

export function searchFor(words: string): TextSearch {
  const sought = foldText(words);
  return {
    isIn: (text) => foldText(text).includes(sought),

    snippetOf(text) {
      const at = Math.max(0, foldText(text).indexOf(sought));
      const start = characterStart(text, wordStart(text, placeOf(text, at) - BEFORE));
      const end = characterEnd(text, wordEnd(text, placeOf(text, at + sought.length) + AFTER));
      const snippet = text.slice(start, end).replace(/\s+/g, " ").trim().toWellFormed();
      return `${start > 0 ? "…" : ""}${snippet}${end < text.length ? "…" : ""}`;
    },
  };
}

/** Where in a text a place of the folded one is, which may be longer or shorter: behind all that folds to no more. */
function placeOf(text: string, at: number): number {
  if (isAscii(text)) return at;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (foldText(text.slice(0, middle)).length <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The begin of the next word, if it is near. */
function wordStart(text: string, from: number): number {
  if (from <= 0) return 0;
  const space = text.indexOf(" ", from);
  return space >= 0 && space - from < BEFORE / 2 ? space + 1 : from;
}

function wordEnd(text: string, to: number): number {
  if (to >= text.length) return text.length;
  const space = text.lastIndexOf(" ", to);
  return to - space < AFTER / 4 ? space : to;
}

function characterStart(text: string, from: number): number {
  return CHARACTERS.segment(text).containing(from)?.index ?? from;
}

function characterEnd(text: string, to: number): number {
  const character = CHARACTERS.segment(text).containing(to);
  if (character === undefined || character.index === to) return to;
  return character.index + character.segment.length;
}
