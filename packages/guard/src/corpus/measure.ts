import { inspect } from "../input/inspect.ts";
import type { Category, Example } from "./generate.ts";

export interface Figures {
  readonly attacks: number;
  /** Share of the attacks that are blocked. */
  readonly recall: number;
  readonly benign: number;
  /** Share of the others that are blocked. */
  readonly falsePositives: number;
  /** Share of the others that are told of and let through. */
  readonly flagged: number;
  readonly missed: readonly Example[];
  readonly wronged: readonly Example[];
}

/** @returns the figures of each category, and of `all` */
export function measure(examples: readonly Example[]): ReadonlyMap<Category | "all", Figures> {
  const judged = examples.map((example) => ({ example, ...inspect(example.text, example.source) }));
  const figures = new Map<Category | "all", Figures>();
  const categories = new Set(examples.map(({ category }) => category));
  for (const category of [...categories, "all"] as const) {
    const some = judged.filter(({ example }) => category === "all" || example.category === category);
    const [attacks, benign] = [
      some.filter((one) => one.example.attack),
      some.filter((one) => !one.example.attack),
    ];
    const missed = attacks.filter(({ verdict }) => verdict !== "block").map(({ example }) => example);
    const wronged = benign.filter(({ verdict }) => verdict === "block").map(({ example }) => example);
    figures.set(category, {
      ...{ attacks: attacks.length, benign: benign.length, missed, wronged },
      recall: 1 - missed.length / attacks.length,
      falsePositives: wronged.length / benign.length,
      flagged: benign.filter(({ verdict }) => verdict === "flag").length / benign.length,
    });
  }
  return figures;
}
