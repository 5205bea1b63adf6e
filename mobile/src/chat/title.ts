const LONGEST = 60;

/** @returns what to call a conversation that begins with this text: its first line, cut between words */
export function titleOf(text: string): string {
  const line = text.trim().split("\n", 1)[0]?.trim() ?? "";
  if (line === "") return "A picture";
  const characters = Array.from(line);
  if (characters.length <= LONGEST) return line;
  const start = characters.slice(0, LONGEST - 1).join("");
  const space = start.lastIndexOf(" ");
  return `${space > start.length / 2 ? start.slice(0, space) : start}…`;
}
