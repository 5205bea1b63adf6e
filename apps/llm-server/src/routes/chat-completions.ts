import { randomUUID } from "node:crypto";
import type { Logger } from "@mobile-ai-agent/service-kit";
import type { RequestHandler, Response } from "express";
import type { AnswerQuestion } from "../answer-question.ts";
import type { Answer, FinishReason, Piece, ToolCall } from "../chat-model.ts";
import { ChatRequest, toQuestion } from "../chat-request.ts";
import { sendOpenAiError, toOpenAiError } from "../openai-error.ts";
import { followReader, logFailure } from "./reader.ts";
import { toWireUsage, type WireUsage } from "./usage.ts";

interface Dependencies {
  readonly answer: AnswerQuestion;
  readonly logger: Logger;
}

/**
 * POST /v1/chat/completions, in one piece or as server-sent events that end with `[DONE]`. The work stops when the
 * client goes. Whatever model is asked for, the configured one answers: clients need not know which it is.
 */
export function chatCompletions({ answer, logger }: Dependencies): RequestHandler {
  return async (request, response) => {
    const signal = followReader(response);
    let pieces: Answer | undefined;
    const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: "" };
    let usage: WireUsage | undefined;
    try {
      const body = ChatRequest.parse(request.body ?? {});
      pieces = answer(toQuestion(body), {
        signal,
        onModel: (name) => (head.model = name),
        onUsage: (used) => (usage = toWireUsage(used)),
      });
      const told = { head, usage: () => usage };
      if (body.stream) {
        const withUsage = body.stream_options?.include_usage ?? false;
        await streamAnswer(response, pieces, { ...told, withUsage });
      } else await sendAnswer(response, pieces, told);
    } catch (failure) {
      if (signal.aborted) return;
      const error = toOpenAiError(failure);
      logFailure(logger, failure, error.status);
      // The status line is out: a client takes an `error` event of the stream for the failure that it is.
      if (response.headersSent) response.end(`data: ${JSON.stringify({ error: error.error })}\n\n`);
      else sendOpenAiError(response, error);
    } finally {
      await pieces?.return("stop").catch(() => {});
    }
  };
}

interface Told {
  /** Its model is known from the first piece on. */
  readonly head: Readonly<{ id: string; created: number; model: string }>;
  /** Known when the answer has ended, unless the model doesn't tell. */
  readonly usage: () => WireUsage | undefined;
}

async function sendAnswer(response: Response, pieces: Answer, { head, usage }: Told): Promise<void> {
  let content = "";
  const calls: object[] = [];
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) {
    if (next.value.kind === "text") content += next.value.text;
    else calls.push(toWireCall(next.value.call));
  }
  const message =
    calls.length > 0 ? { content: content || null, tool_calls: calls } : { content, refusal: null };
  response.json({
    ...head,
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", ...message }, finish_reason: next.value, logprobs: null },
    ],
    usage: usage(),
  });
}

async function streamAnswer(
  response: Response,
  pieces: Answer,
  { head, usage, withUsage }: Told & { withUsage: boolean },
): Promise<void> {
  const send = (fields: object) => {
    const chunk = { ...head, object: "chat.completion.chunk", ...(withUsage && { usage: null }), ...fields };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const sendDelta = (delta: object, finish_reason: FinishReason | null = null) =>
    send({ choices: [{ index: 0, delta, finish_reason }] });
  let calls = 0;
  const toDelta = (piece: Piece) =>
    piece.kind === "text"
      ? { content: piece.text }
      : { tool_calls: [{ index: calls++, ...toWireCall(piece.call) }] };
  // The first piece decides between an error status and a stream.
  let next = await pieces.next();
  response.status(200).set({ "content-type": "text/event-stream", "cache-control": "no-store" });
  sendDelta({ role: "assistant", content: "" });
  for (; !next.done; next = await pieces.next()) sendDelta(toDelta(next.value));
  sendDelta({}, next.value);
  if (withUsage) send({ choices: [], usage: usage() ?? null });
  response.end("data: [DONE]\n\n");
}

function toWireCall({ id, name, arguments: json }: ToolCall) {
  return { id, type: "function", function: { name, arguments: json } };
}
