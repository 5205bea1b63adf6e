import { randomUUID } from "node:crypto";
import type { Logger } from "@mobile-ai-agent/service-kit";
import type { RequestHandler, Response } from "express";
import type { ChatModel, FinishReason } from "../chat-model.ts";
import { ChatRequest } from "../chat-request.ts";
import type { LlmCall, LlmMetrics } from "../llm-metrics.ts";
import { sendOpenAiError, toOpenAiError } from "../openai-error.ts";
import type { Turnstile } from "../turnstile.ts";

const DEFAULT_MAX_TOKENS = 256;
const DEFAULT_TEMPERATURE = 0.7;

interface Dependencies {
  readonly model: ChatModel;
  readonly turnstile: Turnstile;
  readonly logger: Logger;
  readonly measure: LlmMetrics;
}

type Pieces = AsyncGenerator<string, FinishReason, undefined>;

/**
 * POST /v1/chat/completions, in one piece or as server-sent events that end with `[DONE]`. The work stops when the
 * client goes. Whatever model is asked for, the one served answers: clients need not know which it is.
 */
export function chatCompletions({ model, turnstile, logger, measure }: Dependencies): RequestHandler {
  return async (request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort(new Error("the client went away")));
    let leave: (() => void) | undefined;
    let pieces: Pieces | undefined;
    let call: LlmCall | undefined;
    try {
      const body = ChatRequest.parse(request.body ?? {});
      call = measure.begin();
      leave = await turnstile.enter(gone.signal);
      pieces = model.complete(body.messages, {
        maxTokens: body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_MAX_TOKENS,
        temperature: body.temperature ?? DEFAULT_TEMPERATURE,
        signal: gone.signal,
        onUsage: measure.use,
      });
      const head = {
        id: `chatcmpl-${randomUUID()}`,
        created: Math.floor(Date.now() / 1000),
        model: model.name,
      };
      await (body.stream ? streamAnswer(response, head, pieces) : sendAnswer(response, head, pieces));
      call.end("success");
    } catch (failure) {
      if (gone.signal.aborted) return call?.end("cancelled");
      const error = toOpenAiError(failure);
      call?.end(error.status === 429 ? "refused" : "failure");
      if (error.status >= 500) logger.error("the model failed", { error: failure });
      // The status line is out: a client takes an `error` event of the stream for the failure that it is.
      if (response.headersSent) response.end(`data: ${JSON.stringify({ error: error.error })}\n\n`);
      else sendOpenAiError(response, error);
    } finally {
      await pieces?.return("stop").catch(() => {});
      leave?.();
    }
  };
}

interface Head {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

async function sendAnswer(response: Response, head: Head, pieces: Pieces): Promise<void> {
  let content = "";
  let next = await pieces.next();
  for (; !next.done; next = await pieces.next()) content += next.value;
  response.json({
    ...head,
    object: "chat.completion",
    choices: [
      { index: 0, message: { role: "assistant", content }, finish_reason: next.value, logprobs: null },
    ],
  });
}

async function streamAnswer(response: Response, head: Head, pieces: Pieces): Promise<void> {
  const send = (
    delta: { role?: "assistant"; content?: string },
    finish_reason: FinishReason | null = null,
  ) => {
    const chunk = { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  // The first piece decides between an error status and a stream.
  let next = await pieces.next();
  response.status(200).set({ "content-type": "text/event-stream", "cache-control": "no-store" });
  send({ role: "assistant", content: "" });
  for (; !next.done; next = await pieces.next()) send({ content: next.value });
  send({}, next.value);
  response.end("data: [DONE]\n\n");
}
