import fc from "fast-check";
import { expect, it } from "vitest";
import { foldText } from "./fold-text.ts";
import { searchFor } from "./text-search.ts";

const snippetOf = (text: string, words: string) => searchFor(words).snippetOf(text);
/** Letters that become longer or shorter when they are folded, or that consist of several. */
const ODD = [
  "İ",
  "ß",
  "ﷺ",
  "e\u0301",
  "i\u0307",
  "한",
  "ŉ",
  "Ｑ",
  "👨‍👩‍👧‍👦",
  "e\u0301\u0327\u0330",
  "ΐ",
  "𐐀",
];

it("gives the text around the first place, cut between words, with a sign that there is more", () => {
  const text = `${"before ".repeat(20)}the needle ${"after ".repeat(40)}a needle`;
  const snippet = snippetOf(text, "NEEDLE");
  expect(snippet).toMatch(/^…before .*before the needle after .* after…$/);
  expect(snippet.length).toBeLessThan(160);
  expect(snippetOf("A needle", "needle")).toBe("A needle");
  expect(searchFor("needle").isIn("hay")).toBe(false);
});

it.each([
  ["the last letter of a Greek word", "ΠΑΡΑΣ", "Η ΠΑΡΑΣΤΑΣΗ, παράσταση"],
  ["a Greek word in small letters", "ΠΑΡΑΣ", "ο παρας"],
  ["accents that are marks, sought as letters", "café", "the cafe\u0301s"],
  ["accents that are letters, sought as marks", "CAFE\u0301", "the cafés"],
  ["accents beyond those that one letter has", "Ϊ\u0301", "ΐ"],
  ["a Turkish I", "istanbul", "İSTANBUL"],
  ["a small Turkish i", "ISPARTA", "ısparta"],
  ["a sharp s in capitals", "STRASSE", "die Straße"],
  ["a sharp s", "straße", "DIE STRASSE"],
  ["Korean letters one by one", "한국".normalize("NFD"), "한국어"],
  ["full-width letters", "abc", "ＡＢＣ"],
  ["ligatures", "office", "oﬃce"],
  ["spaces that don't break", "où ?", "Où\u202f?"],
])("finds %s", (_, words, text) => {
  expect(searchFor(words).isIn(text)).toBe(true);
  expect(snippetOf(text, words)).toBe(text.replace(/\s/g, " "));
});

it.each([
  ["another accent", "café", "cafè"],
  ["no accent", "cafe", "cafe\u0301"],
  ["what only a pattern would match", ".*", "a.c"],
  ["another letter", "ПАРА", "ΠΑΡΑ"],
])("does not take for the same %s", (_, words, text) => {
  expect(searchFor(words).isIn(text)).toBe(false);
});

it.each(ODD)("shows the words behind many of %s, and cuts none in half", (letter) => {
  for (const count of [1, 39, 40, 41, 200]) {
    for (const words of ["needle", "Nädel"]) {
      const text = `${letter.repeat(count)}${words}${letter.repeat(count)}`;
      const snippet = snippetOf(text, words.normalize("NFD"));
      expect(snippet).toContain(words);
      expect(snippet.replaceAll(letter, "")).toMatch(new RegExp(`^…?${words}…?$`));
      expect(snippet.length).toBeLessThan(100 + 140 + 2 * letter.length);
    }
  }
});

it("shows what it found, whatever is around it and however it is written", () => {
  const letters = fc.oneof(
    fc.constantFrom(...ODD, "a", "Z", " ", "σ", "ς", "\u0327"),
    fc.string({ unit: "binary" }),
  );
  const around = fc.array(letters, { maxLength: 120 }).map((all) => all.join(""));
  const written = fc.constantFrom<(words: string) => string>(
    (words) => words.toUpperCase(),
    (words) => words.normalize("NFD"),
    (words) => words,
  );
  fc.assert(
    fc.property(around, around, written, (before, after, write) => {
      const snippet = snippetOf(`${before} ${write("où est ça")} ${after}`, "Où est ça");
      expect(foldText(snippet)).toContain("où est ça");
      expect(snippet.isWellFormed()).toBe(true);
    }),
  );
});

it("takes no time by the square of the marks on a letter", () => {
  const text = `a${"\u0301\u0316".repeat(20_000)} needle`;
  expect(foldText(text).length).toBeLessThan(50);
  expect(snippetOf(text, "needle")).toContain("needle");
});
