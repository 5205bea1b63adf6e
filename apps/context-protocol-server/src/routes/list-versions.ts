import type { MessageVersions } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import type { RequestHandler } from "express";
import { noSuchMessage } from "../change-conversation.ts";
import { messageIdOf } from "./message-id.ts";
import { ownedSessionId } from "./owned-session.ts";

/** GET /api/message/:sessionId/:messageId/versions: a message and what it was before, or all answers to the same. */
export function listVersions(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const id = await ownedSessionId(store, request);
    const versions = await store.messages.versions(id, messageIdOf(request));
    if (versions === undefined) throw noSuchMessage("the session shows no such message");
    const body: MessageVersions = { versions };
    response.json(body);
  };
}
