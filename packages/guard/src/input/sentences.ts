/** @returns where sentences and paragraphs of a folded text end */
export function sentenceEnds(text: string): number[] {
  return [...text.matchAll(/[.!?؟](?=[\s"')]|$)|[。\n]/g)].map(({ index }) => index);
}

/** What opens and what closes a quotation. */
const QUOTES = ['""', "``", "“”", "„“", "«»", "「」", "『』", "‘’"].map((pair) => ({
  open: pair.charAt(0),
  close: pair.charAt(1),
}));
const SIGNS = /[\n"`“”„«»「」『』‘’]/g;
/** An apostrophe inside a word is no quotation mark. */
const APOSTROPHES = /(?<![\p{L}\p{N}])'[^'\n]{1,400}'(?![\p{L}\p{N}])/gu;

/** @returns 1 where something is quoted; by pairs of the same kind of marks in one paragraph */
export function quotedParts(text: string): Uint8Array {
  const quoted = new Uint8Array(text.length);
  const opened: number[] = QUOTES.map(() => -1);
  for (const { index, 0: sign } of text.matchAll(SIGNS)) {
    if (sign === "\n") opened.fill(-1);
    else {
      for (const [kind, { open, close }] of QUOTES.entries()) {
        const from = opened[kind] ?? -1;
        if (from >= 0 && sign === close) {
          quoted.fill(1, from, index + 1);
          opened[kind] = -1;
        } else if (sign === open) opened[kind] = index;
      }
    }
  }
  if (!text.includes("'")) return quoted;
  for (const { index, 0: part } of text.matchAll(APOSTROPHES)) {
    quoted.fill(1, index, index + part.length + 1);
  }
  return quoted;
}
