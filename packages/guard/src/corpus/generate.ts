import type { Source } from "../input/rules.ts";
import { DIRECT, INDIRECT, MULTILINGUAL } from "./attack-templates.ts";
import { CODE, DOCUMENTS, EVERYDAY, MULTILINGUAL_BENIGN, QUESTIONS } from "./benign-templates.ts";
import { createRandom, type Random } from "./random.ts";
import { REMOVAL_DOCUMENTS, REMOVALS, REMOVALS_MULTILINGUAL } from "./removal-templates.ts";
import { ENCODED, SPLIT } from "./transformations.ts";

export type Category = "direct" | "indirect" | "encoded" | "multilingual" | "split";
export type Part = "train" | "held-back";

export interface Example {
  readonly text: string;
  readonly attack: boolean;
  readonly category: Category;
  readonly source: Source;
  /** What was done to the template's text, or its language; to tell where a guard is weak. */
  readonly kind: string;
}

const PER_CATEGORY = 300;
const UNTRUSTED: readonly Source[] = ["tool", "document", "memory"];

/**
 * Attacks of five categories and as many look-alikes that are none: templates, filled by chance, and transformed.
 *
 * @param part whose templates: the parts have no template in common
 * @param seed the same gives the same texts
 */
export function generateCorpus(part: Part, seed = 1): Example[] {
  const random = createRandom(seed + (part === "train" ? 0 : 1_000_003));
  const examples: Example[] = [];
  for (let n = 0; n < PER_CATEGORY; n++) {
    for (const attack of [true, false]) {
      for (const make of [direct, indirect, encoded, multilingual, split]) {
        examples.push({ attack, ...make(attack, part, random) });
      }
    }
  }
  return examples;
}

type Made = Omit<Example, "attack">;

function direct(attack: boolean, part: Part, random: Random): Made {
  const text = said(attack, part, random);
  return { text, category: "direct", source: "user", kind: "plain" };
}

function indirect(attack: boolean, part: Part, random: Random): Made {
  const text = fill(
    random.pick(partOf(attack ? INDIRECT : [...DOCUMENTS, ...REMOVAL_DOCUMENTS], part)),
    random,
  );
  return { text, category: "indirect", source: random.pick(UNTRUSTED), kind: "plain" };
}

function encoded(attack: boolean, part: Part, random: Random): Made {
  const [kind, transform] = random.pick(Object.entries(ENCODED));
  const text = transform(said(attack, part, random), random);
  return { text, category: "encoded", source: random.pick(["user", ...UNTRUSTED]), kind };
}

function split(attack: boolean, part: Part, random: Random): Made {
  const [kind, transform] = random.pick(Object.entries(SPLIT));
  const text = transform(said(attack, part, random), random);
  return { text, category: "split", source: random.pick(["user", ...UNTRUSTED]), kind };
}

function multilingual(attack: boolean, part: Part, random: Random): Made {
  const [kind, attacks] = random.pick(Object.entries(MULTILINGUAL));
  const benign = [...(MULTILINGUAL_BENIGN[kind] ?? []), ...(REMOVALS_MULTILINGUAL[kind] ?? [])];
  const text = fill(random.pick(partOf(attack ? attacks : benign, part)), random);
  return { text, category: "multilingual", source: "user", kind };
}

function said(attack: boolean, part: Part, random: Random): string {
  const lists = attack ? [DIRECT] : [QUESTIONS, EVERYDAY, CODE, REMOVALS];
  return fill(random.pick(partOf(random.pick(lists), part)), random);
}

function partOf(templates: readonly string[], part: Part): string[] {
  return templates.filter((_, place) => (place % 2 === 0) === (part === "train"));
}

function fill(template: string, random: Random): string {
  return template.replace(/\{([^{}"]*\|[^{}"]*)\}/g, (_, choices: string) => random.pick(choices.split("|")));
}
