import { decodings, reverse, rot13 } from "./decode.ts";
import { findRules } from "./find-rules.ts";
import { fold, isAscii, readAsLatin, squeeze } from "./fold.ts";
import { repetition } from "./repetition.ts";
import type { Rule, Source } from "./rules.ts";
import type { Reader } from "./words.ts";

export type Verdict = "allow" | "flag" | "block";

export interface Finding {
  /** Of the rule that is met. */
  readonly rule: string;
  /** How the text had to be read to see it. */
  readonly view: string;
  readonly weight: number;
}

export interface Inspection {
  readonly verdict: Verdict;
  /** How sure it is that the text is an attack, from 0 to 1. */
  readonly score: number;
  readonly findings: readonly Finding[];
  /** Moves of the finder: at most a fixed number for each character. */
  readonly steps: number;
}

const FLAG = 0.35;
const BLOCK = 0.6;

/** A longer text is read in pieces of this length that overlap. */
const PIECE = 20_000;
const OVERLAP = 1_000;

/**
 * Of a rule that is met in quotation marks: where a user talks about attacks, and where others do so in the same sentence.
 * Anyone can put "for example" before a command, so with others two rules in quotation marks are enough to block.
 */
const QUOTED = { user: 0.45, others: 0.55 };

/**
 * Looks for instructions to the model in a text: as it stands, with look-alike letters and digits read as letters,
 * without what splits words, decoded, turned by thirteen, and backwards.
 *
 * @returns deterministic, in time linear in the text's length
 */
export function inspect(text: string, source: Source): Inspection {
  const findings = new Map<string, Finding>();
  let steps = 0;
  const weigh = (rule: Rule) => (source === "user" ? rule.user : rule.others);
  for (let from = 0; from === 0 || from + OVERLAP < text.length; from += PIECE - OVERLAP) {
    for (const [view, reader, reading] of readings(text.slice(from, from + PIECE))) {
      // What a plainer view shows counts as it stands there.
      const asked = (rule: Rule) => weigh(rule) > 0 && (findings.get(rule.name)?.view ?? view) === view;
      const { met, about, steps: moves } = findRules(reading, reader, asked);
      steps += moves;
      for (const { rule, quoted, talkedOf } of met) {
        const factor = source === "user" ? quoted && about && QUOTED.user : talkedOf && QUOTED.others;
        const weight = weigh(rule) * (factor || 1);
        if (weight > (findings.get(rule.name)?.weight ?? 0)) {
          findings.set(rule.name, { rule: rule.name, view, weight });
        }
      }
    }
  }
  const repeated = repetition(text);
  if (repeated > 0) findings.set("repetition", { rule: "repetition", view: "plain", weight: repeated });
  const score = 1 - [...findings.values()].reduce((rest, { weight }) => rest * (1 - weight), 1);
  const verdict = score >= BLOCK ? "block" : score >= FLAG ? "flag" : "allow";
  return { verdict, score, findings: [...findings.values()], steps };
}

/** How a text is read, by whom, and how it reads then. */
type View = readonly [view: string, reader: Reader, text: string];

/** The plainest first. */
function* readings(text: string): Generator<View> {
  yield* foldedReadings(text, "plain");
  let last = text;
  for (const decoded of decodings(text)) {
    last = decoded;
    yield* foldedReadings(decoded, "decoded");
  }
  yield ["rot13", "plain", fold(rot13(last))];
  yield ["reversed", "plain", fold(reverse(last))];
}

function* foldedReadings(text: string, view: string): Generator<View> {
  const folded = fold(text);
  yield [view, "plain", folded];
  const latin = readAsLatin(folded);
  yield [`${view}, look-alikes`, "asLatin", latin];
  yield [`${view}, split`, "squeezedLatin", squeeze(latin)];
  if (!isAscii(folded)) yield [`${view}, split`, "squeezed", squeeze(folded)];
}
