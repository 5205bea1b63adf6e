import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

/** Fewer guesses than 10^8 means: a common password, one repeated, a keyboard's row, or the person's own names. */
const MIN_SCORE = 3;
/** What is hard to guess by then is so as a whole; the estimate takes longer than linear time. */
const ESTIMATED_LENGTH = 64;
const EXPECTED = ["mobile", "agent", "mobile-ai-agent"];

const CLASSES: readonly (readonly [string, RegExp])[] = [
  ["an upper-case letter", /\p{Lu}/u],
  ["a lower-case letter", /\p{Ll}/u],
  ["a digit", /\p{Nd}/u],
  ["a symbol", /[^\p{L}\p{N}\s]/u],
];

export interface PasswordPolicy {
  /** @returns what is wrong with a new password of a person of these names, in words; undefined when it is good. */
  faultOf(password: string, names: { username: string; email: string }): string | undefined;
}

/**
 * What a new password must be besides long enough: not on a list of common passwords nor made of such (NIST SP 800-63B-4,
 * 3.1.1.2).
 *
 * @param options.requireClasses whether it must have upper case, lower case, a digit and a symbol, which NIST advises
 *   against and some organisations still ask for
 */
export function createPasswordPolicy(options: { requireClasses: boolean }): PasswordPolicy {
  const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });
  return {
    faultOf(given, { username, email }) {
      const password = given.normalize("NFKC");
      const missing = CLASSES.filter(([, pattern]) => !pattern.test(password)).map(([name]) => name);
      if (options.requireClasses && missing.length > 0) return `has to have ${missing.join(", ")}`;
      const names = [username, email, ...email.split("@"), ...EXPECTED];
      const { score } = estimator.check(password.slice(0, ESTIMATED_LENGTH), names);
      if (score >= MIN_SCORE) return undefined;
      return "is too easy to guess: common, repeated, or like your names; take some unrelated words";
    },
  };
}
