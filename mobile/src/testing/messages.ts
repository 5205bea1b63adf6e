import { randomUUID } from "node:crypto";
import type { Message } from "@mobile-ai-agent/contracts";

export const SESSION_ID = randomUUID();

export function userMessage(sequence: number, part: Partial<Message> = {}): Message {
  return {
    id: randomUUID(),
    session_id: SESSION_ID,
    sequence,
    client_message_id: `client-${sequence}`,
    role: "user",
    type: "text",
    content: `question ${sequence}`,
    run_id: randomUUID(),
    created_at: "2026-01-01T00:00:00.000Z",
    ...part,
  };
}

export function answerTo({ run_id }: Message, sequence: number): Message {
  const { client_message_id: _, ...answer } = userMessage(sequence, { role: "assistant", run_id });
  return { ...answer, content: `answer ${sequence}` };
}
