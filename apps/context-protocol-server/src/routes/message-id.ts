import { MessageId } from "@mobile-ai-agent/contracts";
import type { Request } from "express";
import { noSuchMessage } from "../change-conversation.ts";

/** The message that the path names. @throws HttpProblem 404 when it can't be the name of one */
export function messageIdOf({ params }: Request): string {
  const id = MessageId.safeParse(params.messageId).data;
  if (id === undefined) throw noSuchMessage();
  return id;
}
