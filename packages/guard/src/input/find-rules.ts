import type { Hit, Hits } from "./matcher.ts";
import { RULES, type Rule } from "./rules.ts";
import { quotedParts, sentenceEnds } from "./sentences.ts";
import { meaning, READERS, type Reader } from "./words.ts";

/** A rule that a text meets. */
export interface Met {
  readonly rule: Rule;
  /** Whether it stands in quotation marks wherever it is met. */
  readonly quoted: boolean;
  /** Whether attacks are talked about in each sentence that quotes it. */
  readonly talkedOf: boolean;
}

export interface Reading {
  /** One for each rule at most. */
  readonly met: readonly Met[];
  /** Whether attacks are talked about anywhere. */
  readonly about: boolean;
  /** Moves of the finder. */
  readonly steps: number;
}

/** A rule with its meanings as numbers, and as bits. */
interface Numbered {
  readonly rule: Rule;
  readonly needs: readonly number[];
  readonly leading: number | undefined;
  readonly unless: number | undefined;
  readonly bits: number;
}

const NUMBERED = RULES.map((rule): Numbered => {
  const needs = rule.needs.map(meaning);
  const bits = needs.reduce((bits, need) => bits | (1 << need), 0);
  return { rule, needs, bits, leading: optional(rule.leading), unless: optional(rule.unless) };
});
/** How far behind "how do I" a verb may stand: a name is shorter than "make you". */
const ASKED_WITHIN = 10;
const WORDS_ONLY = /^[\p{L}\p{M}\s'’]*$/u;

const [ABOUT, REMEMBER] = [meaning("about"), meaning("remember")];
/** What is taken back by "do not", and in the past. */
const RETRACTED = [meaning("ignore"), meaning("remove")];

function optional(label: string | undefined): number | undefined {
  return label === undefined ? undefined : meaning(label);
}

/**
 * Reads a text that was folded for `reader`. Linear in its length. Most texts lack a meaning of each rule; they are
 * not read further.
 *
 * @param asked whether a rule is of interest
 */
export function findRules(text: string, reader: Reader, asked: (rule: Rule) => boolean): Reading {
  const found = READERS[reader](text);
  const open = NUMBERED.filter(({ rule, bits }) => (found.meanings & bits) === bits && asked(rule));
  if (open.length === 0) return { met: [], about: false, steps: found.steps };
  return { ...meet(text, found, open), steps: found.steps };
}

function meet(text: string, { hits }: Hits, rules: readonly Numbered[]): Omit<Reading, "steps"> {
  const ends = sentenceEnds(text);
  const quotes = quotedParts(text);
  const [lastSaid, lastQuoted]: [Last, Last] = [[], []];
  const kept = new Uint8Array(text.length);
  for (const { word, start, end } of hits) if (word.meaning === REMEMBER) kept.fill(1, start, end);
  const found = new Map<Rule, Found>();
  const abouts = new Set<number>();
  let sentence = 0;
  for (const hit of hits) {
    while ((ends[sentence] ?? Number.POSITIVE_INFINITY) < hit.start) sentence++;
    const since = sentence === 0 ? 0 : (ends[sentence - 1] ?? 0);
    // What is quoted and what is not make no sentence together.
    const quoted = quotes[hit.start] === 1;
    const said = hit.word.meaning;
    if (said === ABOUT && !quoted) abouts.add(sentence);
    const last = quoted ? lastQuoted : lastSaid;
    if (RETRACTED.includes(said) && kept[hit.start] === 1) continue;
    last[said] = hit;
    for (const numbered of rules) {
      if (!numbered.needs.includes(said)) continue;
      const { rule } = numbered;
      const earlier = found.get(rule);
      if (earlier?.said === true || (quoted && earlier?.quotedIn.has(sentence))) continue;
      if (!meets(numbered, last, hit, { text, since })) continue;
      const { quotedIn = new Set<number>() } = earlier ?? {};
      found.set(rule, { said: !quoted, quotedIn: quoted ? quotedIn.add(sentence) : quotedIn });
    }
  }
  const met = [...found].map(([rule, { said, quotedIn }]): Met => {
    return { rule, quoted: !said, talkedOf: !said && [...quotedIn].every((one) => abouts.has(one)) };
  });
  return { met, about: abouts.size > 0 };
}

/** Where a rule is met. */
interface Found {
  /** Outside of quotation marks. */
  readonly said: boolean;
  /** The sentences that quote it. */
  readonly quotedIn: Set<number>;
}

/** The last hit of each meaning. */
type Last = (Hit | undefined)[];

/** @returns whether all of the rule's meanings are near enough to `hit`, in the right order */
function meets(
  { rule, needs, leading, unless }: Numbered,
  last: Last,
  hit: Hit,
  sentence: { readonly text: string; readonly since: number },
): boolean {
  const since = rule.acrossSentences ? 0 : sentence.since;
  let first = hit.start;
  let leader = 0;
  if (leading !== undefined && unless !== undefined) {
    const question = last[unless];
    if (question !== undefined && question.start >= sentence.since)
      if (isAsked(sentence.text, question, last[leading])) return false;
  }
  for (const need of needs) {
    const other = last[need];
    if (other === undefined || other.start < since || hit.start - other.start > rule.within) return false;
    if (need === leading && other.word.leads) leader = other.start;
    first = Math.min(first, other.start);
  }
  return leader <= first;
}

function isAsked(text: string, question: Hit, verb: Hit | undefined): boolean {
  if (verb === undefined || question.start >= verb.start) return false;
  const between = text.slice(question.end, verb.start);
  // "How to use: ignore …" asks nothing of the kind.
  return between.length < ASKED_WITHIN && WORDS_ONLY.test(between);
}
