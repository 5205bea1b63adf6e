const LETTER = /[\p{L}\p{N}]/u;
const [YES, NO] = [1, 2];
/** What was asked before: the expression is slow for so frequent a question. */
const answers = new Uint8Array(0x10000);

/** Whether a UTF-16 unit is a letter or digit; half of a pair is none. */
export function isLetter(unit: number): boolean {
  const answer = answers[unit] || (LETTER.test(String.fromCharCode(unit)) ? YES : NO);
  answers[unit] = answer;
  return answer === YES;
}

/** Whether the pair of units that begins at `at` is a letter or digit. */
export function isLetterPair(text: string, at: number): boolean {
  const point = text.codePointAt(at) ?? 0;
  return point > 0xffff && LETTER.test(String.fromCodePoint(point));
}
