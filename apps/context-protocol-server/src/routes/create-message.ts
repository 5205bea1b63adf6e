import { CreateMessageRequest, type CreateMessageResponse } from "@mobile-ai-agent/contracts";
import type { ConversationStore, RunQueue } from "@mobile-ai-agent/conversation-store";
import { contextHeaders, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { MediaCheck } from "../media-check.ts";
import { ownedSession } from "./owned-session.ts";

/**
 * POST /api/message/:sessionId: stores the message, then its run, then queues the run; 201.
 *
 * A picture or recording has to be the caller's when the message is stored; a resend finds it stored, whatever has become
 * of the media since.
 *
 * Each step is idempotent. Whoever resends the message after a crash between two of them has the rest done,
 * and a stored run that never got into the queue is found by agent-orchestrator's sweep.
 */
export function createMessage(
  store: ConversationStore,
  queue: RunQueue,
  checkMedia: MediaCheck,
): RequestHandler {
  const isStored = async (sessionId: string, clientMessageId: string | undefined) =>
    clientMessageId !== undefined &&
    (await store.messages.findUserMessage(sessionId, clientMessageId)) !== undefined;
  return async (request, response) => {
    const { id: sessionId } = await ownedSession(store, request);
    const { type, content, ...written } = parseBody(CreateMessageRequest, request);
    const { client_message_id: clientMessageId, media_id: mediaId } = written;
    if (mediaId !== undefined && !(await isStored(sessionId, clientMessageId)))
      await checkMedia(mediaId, type, request.get("authorization") ?? "");
    const userId = userOf(request).sub;
    const { message, runId } = await store.messages.addUserMessage({
      sessionId,
      userId,
      type,
      content,
      mediaId,
      clientMessageId,
    });
    const run = await store.runs.create({ runId, sessionId, userId, messageId: message.id });
    if (run.status === "queued") await queue.enqueue(runId, contextHeaders().traceparent);
    await store.sessions.touch(sessionId);
    const body: CreateMessageResponse = { message, run_id: runId };
    response.status(201).json(body);
  };
}
