import { STATUS_CODES } from "node:http";
import { HttpProblem, type Logger, parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AnswerQuestion } from "../answer-question.ts";
import type { Answer } from "../chat-model.ts";
import { GenerateRequest, promptQuestion } from "../chat-request.ts";
import { toOpenAiError } from "../openai-error.ts";
import { followReader, logFailure } from "./reader.ts";
import { toWireUsage, type WireUsage } from "./usage.ts";

interface Dependencies {
  readonly answer: AnswerQuestion;
  readonly logger: Logger;
}

/** POST /generate {prompt, max_tokens?, temperature?} → {text, usage}; `usage` is null when the model doesn't tell. */
export function generate({ answer, logger }: Dependencies): RequestHandler {
  return async (request, response) => {
    const question = promptQuestion(parseBody(GenerateRequest, request));
    const signal = followReader(response);
    let usage: WireUsage | null = null;
    const pieces = answer(question, {
      signal,
      onModel: () => {},
      onUsage: (used) => {
        usage = toWireUsage(used);
      },
    });
    try {
      response.json({ text: await textOf(pieces), usage });
    } catch (failure) {
      if (signal.aborted) return;
      const { status, error } = toOpenAiError(failure);
      logFailure(logger, failure, status);
      const headers: Record<string, string> = status === 429 ? { "retry-after": "1" } : {};
      throw new HttpProblem(status, STATUS_CODES[status] ?? "Error", error.message, { headers });
    } finally {
      await pieces.return("stop").catch(() => {});
    }
  };
}

async function textOf(pieces: Answer): Promise<string> {
  let text = "";
  for await (const piece of pieces) if (piece.kind === "text") text += piece.text;
  return text;
}
