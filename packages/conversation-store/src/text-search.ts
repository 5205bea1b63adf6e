/** Characters around a hit. */
const BEFORE = 40;
const AFTER = 100;

/** @returns the text around the first place where it has the words, in any case of letters; undefined without one */
export function snippetOf(text: string, words: string): string | undefined {
  const at = text.toLowerCase().indexOf(words.toLowerCase());
  if (at < 0) return undefined;
  const [start, end] = [wordStart(text, at - BEFORE), wordEnd(text, at + words.length + AFTER)];
  const snippet = text.slice(start, end).replace(/\s+/g, " ").trim().toWellFormed();
  return `${start > 0 ? "…" : ""}${snippet}${end < text.length ? "…" : ""}`;
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
