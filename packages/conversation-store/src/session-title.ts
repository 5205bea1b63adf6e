const LONGEST = 60;
const WITHOUT_WORDS = { text: "Untitled", image: "A picture", audio: "A recording" } as const;

/** @returns what to call a session that begins with this message: its first line, cut between words */
export function titleOf({ type, content }: { type: keyof typeof WITHOUT_WORDS; content: string }): string {
  const line = content.trim().split("\n", 1)[0]?.replace(/\s+/g, " ").trim() ?? "";
  if (line === "") return WITHOUT_WORDS[type];
  const characters = Array.from(line);
  if (characters.length <= LONGEST) return line;
  const start = characters.slice(0, LONGEST - 1).join("");
  const space = start.lastIndexOf(" ");
  return `${space > start.length / 2 ? start.slice(0, space) : start}…`;
}
