const WORDS = /[\p{L}\p{N}]+/gu;

/** From here on it is told, and from here on it is too much. */
const MANY = 60;
const FLOOD = 400;
const LONG_RUN = 500;
/** The share of words that begin no new three. */
const REPEATED = 0.85;

/**
 * Texts that say the same over and over push instructions out of the model's sight, or make it lose its thread.
 *
 * @returns how sure it is, from 0 to 1: 0 for what people write
 */
export function repetition(text: string): number {
  const words = text.toLowerCase().match(WORDS) ?? [];
  if (words.length >= MANY && isRepeated(words)) return words.length >= FLOOD ? 0.7 : 0.4;
  return hasLongRun(text) ? 0.4 : 0;
}

function isRepeated(words: readonly string[]): boolean {
  const distinct = new Set<string>();
  for (let at = 0; at + 2 < words.length; at++) {
    distinct.add(`${words[at]} ${words[at + 1]} ${words[at + 2]}`);
    if (1 - distinct.size / words.length <= REPEATED) return false;
  }
  return true;
}

/** Whether one sign that is not a space stands very often in a row. */
function hasLongRun(text: string): boolean {
  let run = 0;
  for (let at = 0; at < text.length; at++) {
    run = text.charCodeAt(at) === text.charCodeAt(at - 1) ? run + 1 : 1;
    if (run === LONG_RUN && text.charAt(at).trim() !== "") return true;
  }
  return false;
}
