const WORDS = /[\p{L}\p{N}]+/gu;

/** From here on it is told, and from here on it is too much. */
const MANY = 60;
const FLOOD = 400;
const LONG_RUN = 500;

/**
 * Texts that say the same over and over push instructions out of the model's sight, or make it lose its thread.
 *
 * @returns how sure it is, from 0 to 1: 0 for what people write
 */
export function repetition(text: string): number {
  const words = text.toLowerCase().match(WORDS) ?? [];
  const distinct = new Set<string>();
  for (let at = 0; at + 2 < words.length; at++) distinct.add(words.slice(at, at + 3).join(" "));
  const repeated = words.length < MANY ? 0 : 1 - distinct.size / words.length;
  if (repeated > 0.85) return words.length >= FLOOD ? 0.7 : 0.4;
  return longestRun(text) >= LONG_RUN ? 0.4 : 0;
}

/** The most times that one sign that is not a space stands in a row. */
function longestRun(text: string): number {
  let [longest, run] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const same = text.charAt(at) === text.charAt(at - 1) && text.charAt(at).trim() !== "";
    run = same ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
