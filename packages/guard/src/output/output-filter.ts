import { detect } from "./detect.ts";
import { hides } from "./hidden.ts";

/** Stands where something was taken out. */
export const REDACTED = "[redacted]";

/** Whether something was taken out of an answer. */
export function isRedacted(answer: string): boolean {
  return answer.includes(REDACTED);
}

/** Changes a text that comes in pieces. The same text comes out the same, however it is cut. */
export interface OutputFilter {
  /** @returns what can be given out now: all but what may be the beginning of something to take out */
  push(piece: string): string;
  /** @returns the rest; the filter is done */
  end(): string;
}

/** No word of an answer is so long. What is, is taken out whole. */
const MAX_HELD = 4096;

const KEY_BEGINS = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/;
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}-----/;
/** The longest end of a key that may be cut. */
const KEY_TAIL = 64;

/** What goes on behind a space: groups of digits, of an IBAN, what a name is given, and the words of a key's first line. */
const GOES_ON: readonly { readonly before: RegExp; readonly after: RegExp }[] = [
  { before: /[\d)]$/, after: /[\d(]/ },
  { before: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){0,7} ?[A-Z0-9]{0,4}$/, after: /[A-Z0-9]/ },
  { before: /(?:passwor[dt]|passwd|pwd|secret|key|token)["'*`]{0,3}[:=]["'*`]{0,3}$/i, after: /[!-~]/ },
  { before: /-----BEGIN(?: [A-Z0-9]{1,12}){0,4}$/, after: /[A-Z]/ },
];
/** As far back as these look. */
const LOOK_BACK = 64;

/**
 * Takes secrets and personal data out of an answer: keys, tokens, passwords, payment data, e-mail addresses, telephone
 * numbers. A word and the space before it are held back until it is whole, and nothing else.
 *
 * @param own texts of the user: what stands in them may be said to them
 */
export function createOutputFilter(own: readonly string[] = []): OutputFilter {
  const known = new Set(own.flatMap((text) => detect(text).map(({ identity }) => identity)));
  let held = "";
  let inside: "text" | "key" | "long word" = "text";
  const step = (last: boolean): string => {
    let out = "";
    for (let progress = true; progress && held !== ""; ) {
      const before = held.length;
      if (inside === "key") held = afterKey(held);
      else if (inside === "long word") held = held.replace(/^[!-~]+/, "");
      else out += takeText(last);
      // What was skipped to is text again.
      if (inside !== "text" && (inside === "key" ? keyEnded : /^[^!-~]/.test(held))) inside = "text";
      progress = held.length < before;
    }
    return out;
  };
  let keyEnded = false;
  const afterKey = (text: string): string => {
    const end = KEY_ENDS.exec(text);
    keyEnded = end !== null;
    return end === null ? text.slice(-KEY_TAIL) : text.slice(end.index + end[0].length);
  };
  const takeText = (last: boolean): string => {
    const between = /^[^!-~]*/.exec(held)?.[0] ?? "";
    // The last space goes with the next word, as in the pieces of most models.
    const spaces = between.endsWith(" ") ? 1 : 0;
    if (spaces < between.length) {
      held = held.slice(between.length - spaces);
      return between.slice(0, -spaces || undefined);
    }
    const [space, rest] = [between, held.slice(spaces)];
    const length = rest === "" && last ? 0 : runLength(rest, last);
    // One more, since a space at the end may not belong to it.
    if (length === undefined && rest.length <= MAX_HELD + 1) return "";
    if (length === undefined || length > MAX_HELD) {
      held = rest.slice(MAX_HELD);
      inside = "long word";
      return space + REDACTED;
    }
    const run = rest.slice(0, length);
    const key = KEY_BEGINS.exec(run);
    if (key === null) {
      held = rest.slice(length);
      return space + redact(run, known);
    }
    held = rest.slice(key.index + key[0].length);
    inside = "key";
    keyEnded = false;
    return space + redact(run.slice(0, key.index), known) + REDACTED;
  };
  return {
    push(piece) {
      held += piece;
      return step(false);
    },
    end() {
      const out = step(true);
      held = "";
      return out;
    },
  };
}

/** @returns how many characters belong together, from the first; undefined when that is not known yet */
function runLength(text: string, last: boolean): number | undefined {
  for (let at = 0; at < text.length; ) {
    const space = text.slice(at).search(/[^!-~]/);
    if (space < 0) return last ? text.length : undefined;
    const end = at + space;
    if (text.charAt(end) !== " ") return end;
    const before = text.slice(Math.max(0, end - LOOK_BACK), end);
    const may = GOES_ON.filter((way) => way.before.test(before));
    if (may.length === 0) return end;
    const next = text.charAt(end + 1);
    if (next === "") return last ? end : undefined;
    if (!may.some((way) => way.after.test(next))) return end;
    at = end + 1;
  }
  return last ? text.length : undefined;
}

function redact(run: string, known: ReadonlySet<string>): string {
  const found = detect(run).filter(({ identity }) => !known.has(identity));
  const kept: string[] = [];
  let from = 0;
  for (const { start, end } of found) {
    kept.push(run.slice(from, start));
    from = end;
  }
  kept.push(run.slice(from));
  // Something plain in it must not draw attention from what is hidden.
  return kept.some(hides) ? REDACTED : kept.join(REDACTED);
}
