import type { Path, Props } from "@mobile-ai-agent/policies-rule-kit";

/** The program may give text or an object. @returns undefined for what AWS refuses anyway. */
export function parseDocument(policy: unknown): Props | undefined {
  if (typeof policy !== "string") return (policy as Props | undefined) ?? undefined;
  try {
    return JSON.parse(policy) as Props;
  } catch {
    return undefined;
  }
}

/** @returns the statements of a policy, of which there may be one without a list. */
export function statementsOf({ Statement = [] }: Props): { value: Props; path: Path }[] {
  return ([Statement].flat() as Props[]).map((value, index) => ({ value, path: ["statement", index] }));
}
