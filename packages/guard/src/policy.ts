import { type Finding, inspect } from "./input/inspect.ts";
import type { Source } from "./input/rules.ts";
import { strip } from "./input/strip.ts";

/** What is done with a text that is judged `block`: end the run, only tell, or take out the sentences at fault. */
export type Reaction = "block" | "flag" | "strip";

export type GuardPolicy = Readonly<Record<Source, Reaction>>;

/** Users are told no; what others have written is of use without the sentences that are not. */
export const DEFAULT_POLICY: GuardPolicy = {
  user: "block",
  tool: "strip",
  document: "strip",
  memory: "strip",
};

export interface Guarded {
  readonly action: "pass" | Reaction;
  /** What the model may see; empty when blocked. */
  readonly text: string;
  /** No part of the text is in them. */
  readonly findings: readonly Finding[];
}

/**
 * Judges a text before the model sees it, and does what the policy says. A guard that fails lets nothing through.
 *
 * @param judge the guard itself, by default `inspect`
 */
export function guardText(
  text: string,
  source: Source,
  policy: GuardPolicy = DEFAULT_POLICY,
  judge: typeof inspect = inspect,
): Guarded {
  try {
    const { verdict, findings } = judge(text, source);
    if (verdict === "allow") return { action: "pass", text, findings };
    const reaction = policy[source];
    if (verdict === "flag" || reaction === "flag") return { action: "flag", text, findings };
    if (reaction === "block") return { action: "block", text: "", findings };
    return { action: "strip", text: strip(text, source, judge), findings };
  } catch {
    return { action: "block", text: "", findings: [{ rule: "guard-failed", view: "none", weight: 1 }] };
  }
}
