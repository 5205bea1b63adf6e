import { CreateMessageRequest, type CreateMessageResponse } from "@mobile-ai-agent/contracts";
import { type ConversationStore, type RunQueue, titleOf } from "@mobile-ai-agent/conversation-store";
import { contextHeaders, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { MediaCheck } from "../media-check.ts";
import { originSocket, type TellUser } from "../tell-user.ts";
import { refuseTakenId } from "./client-id-taken.ts";
import { ownedSessionId } from "./owned-session.ts";

interface Dependencies {
  readonly store: ConversationStore;
  readonly queue: RunQueue;
  readonly checkMedia: MediaCheck;
  readonly tell: TellUser;
}

/**
 * POST /api/message/:sessionId: stores the message, then its run, then queues the run; 201. The user's other devices are
 * told. A session without a title is called after its first message. 409 when the client id is that of an edit or a
 * regeneration.
 *
 * A picture or recording has to be the caller's when the message is stored; a resend finds it stored, whatever has become
 * of the media since.
 *
 * Each step is idempotent, the telling too: a device takes each change once, by its number. Whoever resends the message
 * after a crash between two of them has the rest done, and a stored run that never got into the queue is found by
 * agent-orchestrator's sweep.
 */
export function createMessage({ store, queue, checkMedia, tell }: Dependencies): RequestHandler {
  const isStored = async (sessionId: string, clientMessageId: string | undefined) =>
    clientMessageId !== undefined &&
    (await store.messages.findUserMessage(sessionId, clientMessageId)) !== undefined;
  return async (request, response) => {
    const sessionId = await ownedSessionId(store, request);
    const { type, content, ...written } = parseBody(CreateMessageRequest, request);
    const { client_message_id: clientMessageId, media_id: mediaId } = written;
    if (mediaId !== undefined && !(await isStored(sessionId, clientMessageId)))
      await checkMedia(mediaId, type, request.get("authorization") ?? "");
    const userId = userOf(request).sub;
    const { message, runId } = await store.messages
      .addUserMessage({ sessionId, userId, type, content, mediaId, clientMessageId })
      .catch(refuseTakenId);
    const { id: messageId, sequence: asked } = message;
    const run = await store.runs.create({ runId, sessionId, userId, messageId, asked });
    if (run.status === "queued") await queue.enqueue(runId, contextHeaders().traceparent);
    await store.sessions.touch(sessionId);
    const session = message.sequence === 1 ? await store.sessions.get(sessionId, userId) : undefined;
    if (session?.title === "") {
      const title = titleOf(message);
      await store.sessions.setAutomaticTitle({ sessionId, userId }, title);
      await tell(userId, { name: "session:changed", payload: { ...session, title } });
    }
    const told = { name: "message:created", payload: { message, runId } } as const;
    await tell(
      userId,
      told,
      originSocket((name) => request.get(name)),
    );
    const body: CreateMessageResponse = { message, run_id: runId };
    response.status(201).json(body);
  };
}
