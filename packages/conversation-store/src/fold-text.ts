/**
 * More marks on one letter than anything written has (UAX #15, Stream-Safe Text Format). Normalisation sorts them, in
 * time that grows with the square of their number. The two half-width ones become marks by it.
 */
const STACKED = /([\p{M}\uff9e\uff9f]{30})[\p{M}\uff9e\uff9f]+/gu;

export function isAscii(text: string): boolean {
  return !/[^\p{ASCII}]/u.test(text);
}

/**
 * A text for comparison: two that differ in the case of letters, or in how Unicode writes the same, fold to the same
 * (compatibility caseless match, Unicode D146, with upper and lower case in place of the case folding that JavaScript
 * lacks). Accents count. So do no dots on an i, since which capital it has depends on the language.
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return (
    text
      .replace(STACKED, "$1")
      .normalize("NFKC")
      // Capitals first: ß and SS, the two small sigmas, ı and i have the same ones.
      .toUpperCase()
      .toLowerCase()
      .replaceAll("ς", "σ")
      .normalize("NFC")
      .replaceAll("i\u0307", "i")
  );
}
