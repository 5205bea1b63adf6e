import { collapse, fold } from "./fold.ts";
import { LEXICA, MARKS } from "./lexicon.ts";
import { createMatcher, type Hit, type Word } from "./matcher.ts";
import { RULES, type Rule } from "./rules.ts";

/** A rule that a text meets, and where. */
export interface Met {
  readonly rule: Rule;
  readonly start: number;
  readonly end: number;
  /** Whether all of it stands in quotation marks. */
  readonly quoted: boolean;
}

export interface Reading {
  /** One for each rule at most: the one that is not quoted, if there is one. */
  readonly met: readonly Met[];
  /** Whether attacks are talked about. */
  readonly about: boolean;
  /** Moves of the finder. */
  readonly steps: number;
}

/** Scripts that write words without spaces between them, or join small words to the next. */
const JOINED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Arabic}]/u;

const QUOTES: readonly (readonly [RegExp, string])[] = [
  ...([
    [/"/, '"'],
    [/`/, "`"],
    [/“/, "”"],
    [/„/, "“"],
    [/«/, "»"],
    [/「/, "」"],
    [/『/, "』"],
    [/‘/, "’"],
  ] as const),
];

/** Or may put them there. */
const VERBS_LAST = new Set(["de", "nl", "ja", "tr", "zh"]);

/** Shorter ones would be found in the middle of other words. */
const MIN_SQUEEZED = 4;

const words = allWords();
const plain = createMatcher(words);
const latin = words.filter(({ text }) => /^[ -~]+$/.test(text));
const asLatin = createMatcher(latin.map((word) => ({ ...word, text: collapse(word.text) })));
const squeezed = createMatcher(squeezable(words, (text) => text));
const squeezedLatin = createMatcher(squeezable(latin, collapse));

const READERS = { plain, asLatin, squeezed, squeezedLatin } as const;
export type Reader = keyof typeof READERS;

/** Reads a text that was folded for `reader`. Linear in its length. */
export function findRules(text: string, reader: Reader): Reading {
  const { hits, steps } = READERS[reader](text);
  const ends = sentenceEnds(text);
  const quotes = quotedParts(text);
  const [lastSaid, lastQuoted] = [new Map<string, Hit>(), new Map<string, Hit>()];
  const met = new Map<Rule, Met>();
  let about = false;
  let sentence = 0;
  let kept: Hit | undefined;
  for (const hit of hits) {
    while ((ends[sentence] ?? Number.POSITIVE_INFINITY) < hit.start) sentence++;
    const since = sentence === 0 ? 0 : (ends[sentence - 1] ?? 0);
    // What is quoted and what is not make no sentence together.
    const quoted = quotes[hit.start] !== undefined;
    if (hit.label === "about" && !quoted) about = true;
    const last = quoted ? lastQuoted : lastSaid;
    if (hit.label === "remember") {
      kept = hit;
      if ((last.get("ignore")?.start ?? -1) >= hit.start) last.delete("ignore");
    }
    if (hit.label === "ignore" && kept !== undefined && hit.start >= kept.start && hit.start < kept.end)
      continue;
    last.set(hit.label, hit);
    for (const rule of RULES_WITH.get(hit.label) ?? []) {
      const earlier = met.get(rule);
      if (earlier !== undefined && !earlier.quoted) continue;
      const start = meeting(rule, last, hit, rule.acrossSentences ? 0 : since);
      if (start === undefined) continue;
      met.set(rule, { rule, start, end: hit.end, quoted });
    }
  }
  return { met: [...met.values()], about, steps };
}

const RULES_WITH = new Map<string, Rule[]>();
for (const rule of RULES) {
  for (const need of rule.needs) RULES_WITH.set(need, [...(RULES_WITH.get(need) ?? []), rule]);
}

/** @returns where the first of the rule's meanings stands, when all are near enough to `hit` */
function meeting(rule: Rule, last: ReadonlyMap<string, Hit>, hit: Hit, since: number): number | undefined {
  let first = hit.start;
  let leader = 0;
  for (const need of rule.needs) {
    const other = last.get(need);
    if (other === undefined || other.start < since || hit.start - other.start > rule.within) return undefined;
    if (need === rule.leading && other.leads) leader = other.start;
    first = Math.min(first, other.start);
  }
  return leader > first ? undefined : first;
}

function sentenceEnds(text: string): number[] {
  return [...text.matchAll(/[.!?؟](?=[\s"')]|$)|[。\n]/g)].map(({ index }) => index);
}

/** @returns where in the text something is quoted; by pairs of the same kind of marks in one paragraph */
function quotedParts(text: string): true[] {
  const quoted: true[] = [];
  const mark = (from: number, to: number) => {
    for (let at = from; at <= to; at++) quoted[at] = true;
  };
  for (const [open, close] of QUOTES) {
    let from = -1;
    for (let at = text.search(open); at >= 0 && at < text.length; at++) {
      const sign = text.charAt(at);
      if (sign === "\n") from = -1;
      else if (from >= 0 && close === sign) {
        mark(from, at);
        from = -1;
      } else if (open.test(sign)) from = at;
    }
  }
  // An apostrophe inside a word is no quotation mark.
  if (!text.includes("'")) return quoted;
  for (const { index, 0: part } of text.matchAll(/(?<![\p{L}\p{N}])'[^'\n]{1,400}'(?![\p{L}\p{N}])/gu)) {
    mark(index, index + part.length);
  }
  return quoted;
}

function allWords(): Word[] {
  const found = new Map<string, Word>();
  const add = (label: string, written: string, { mark = false, leads = false }) => {
    const whole = written.endsWith("$");
    const text = fold(whole ? written.slice(0, -1) : written).trim();
    found.set(`${label} ${text}`, { label, text, whole, leads, anywhere: mark || JOINED.test(text) });
  };
  for (const [language, lexicon] of Object.entries(LEXICA)) {
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
  const bare = from.map((word) => ({ ...word, text: change(word.text.replace(/[^\p{L}\p{N}]/gu, "")) }));
  const long = bare.filter(({ text, label }) => text.length >= MIN_SQUEEZED && !(label in MARKS));
  return long.map((word) => ({ ...word, anywhere: true, whole: false }));
}
