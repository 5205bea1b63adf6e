import { RegenerateAnswerRequest } from "@mobile-ai-agent/contracts";
import { parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { answerAnew, type ChangeDependencies } from "../change-conversation.ts";
import { refuseTakenId } from "./client-id-taken.ts";
import { messageIdOf } from "./message-id.ts";
import { ownedSessionId } from "./owned-session.ts";

/**
 * POST /api/message/:sessionId/:messageId/regenerate: starts another run that answers one of the caller's messages;
 * 201. 409 when somebody has written or changed something that the caller has not seen, or the client id is that of
 * something else.
 */
export function regenerateAnswer(dependencies: ChangeDependencies): RequestHandler {
  return async (request, response) => {
    const sessionId = await ownedSessionId(dependencies.store, request);
    const messageId = messageIdOf(request);
    const { client_message_id: clientMessageId, after } = parseBody(RegenerateAnswerRequest, request);
    const userId = userOf(request).sub;
    const again = { sessionId, messageId, userId, clientMessageId, after };
    const result = await dependencies.store.messages.regenerate(again).catch(refuseTakenId);
    response.status(201).json(await answerAnew(dependencies, { sessionId, userId }, result));
  };
}
