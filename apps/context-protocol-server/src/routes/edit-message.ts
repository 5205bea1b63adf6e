import { EditMessageRequest } from "@mobile-ai-agent/contracts";
import { parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { answerAnew, type ChangeDependencies } from "../change-conversation.ts";
import { refuseTakenId } from "./client-id-taken.ts";
import { messageIdOf } from "./message-id.ts";
import { ownedSessionId } from "./owned-session.ts";

/**
 * POST /api/message/:sessionId/:messageId/edit: puts another message in the place of one of the caller's, and starts
 * the run that answers it; 201. 409 when somebody has written or changed something that the caller has not seen, or the
 * client id is that of something else.
 */
export function editMessage(dependencies: ChangeDependencies): RequestHandler {
  return async (request, response) => {
    const sessionId = await ownedSessionId(dependencies.store, request);
    const messageId = messageIdOf(request);
    const { content, client_message_id: clientMessageId, after } = parseBody(EditMessageRequest, request);
    const userId = userOf(request).sub;
    const edit = { sessionId, messageId, userId, clientMessageId, after, content };
    const result = await dependencies.store.messages.edit(edit).catch(refuseTakenId);
    response.status(201).json(await answerAnew(dependencies, { sessionId, userId }, result));
  };
}
