import type { inspect } from "./inspect.ts";
import type { Source } from "./rules.ts";

/** Stands where sentences were taken out; the model is to know that something is missing. */
export const STRIPPED = "[removed: it looked like instructions]";

/** A text of more parts is taken out whole: looking at every part would cost too much. */
const MAX_PARTS = 200;
/** How many sentences may make an attack together. */
const TOGETHER = 3;

/** @returns the text without the sentences that make `judge` block it; when that does not help, nothing of it */
export function strip(text: string, source: Source, judge: typeof inspect): string {
  let parts: string[] = text.match(/[^.!?。！？\n]+[.!?。！？\n]*\s*|[.!?。！？\n]+\s*/gu) ?? [];
  if (parts.length > MAX_PARTS) return STRIPPED;
  const isBad = (some: string) => judge(some, source).verdict === "block";
  for (let width = 1; width <= TOGETHER && parts.length >= width; width++) {
    const kept: string[] = [];
    for (let at = 0; at < parts.length; ) {
      const some = parts.slice(at, at + width);
      if (some.length === width && isBad(some.join(""))) {
        if (kept.at(-1)?.trim() !== STRIPPED) kept.push(`${STRIPPED} `);
        at += width;
      } else kept.push(parts[at++] ?? "");
    }
    parts = kept;
    const rest = parts.join("").trim();
    if (!isBad(rest)) return rest;
  }
  return STRIPPED;
}
