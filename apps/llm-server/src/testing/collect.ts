import type { Answer, FinishReason, Piece, Question, TokenUsage } from "../chat-model.ts";

/** @returns a question of one message of the user, with changes */
export function ask(content: string, changes: Partial<Question> = {}): Question {
  return {
    messages: [{ role: "user", content }],
    tools: [],
    toolChoice: "auto",
    maxTokens: 50,
    ...changes,
  };
}

/** Reads an answer to its end. */
export async function read(answer: (onUsage: (usage: TokenUsage) => void) => Answer) {
  const pieces: Piece[] = [];
  const usage: TokenUsage[] = [];
  const source = answer((used) => usage.push(used));
  let next = await source.next();
  for (; !next.done; next = await source.next()) pieces.push(next.value);
  const finish: FinishReason = next.value;
  return { pieces, usage, finish, text: textOf(pieces) };
}

export function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === "text" ? piece.text : "")).join("");
}
