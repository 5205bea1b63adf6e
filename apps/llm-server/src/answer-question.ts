import type { Logger } from "@mobile-ai-agent/service-kit";
import type { Backend } from "./backend.ts";
import type { Answer, ChatModel, CompletionOptions, Question, TokenUsage } from "./chat-model.ts";
import { ModelFailure } from "./model-failure.ts";

/** No model that is served can do what the question needs. */
export class Unable extends Error {
  /** Field of the request that asks for it. */
  readonly param: "tools" | "messages";

  constructor(param: "tools" | "messages", message: string) {
    super(message);
    this.name = "Unable";
    this.param = param;
  }
}

interface AnswerOptions extends CompletionOptions {
  /** Called before the first piece with the name of the model that answers. */
  readonly onModel: (name: string) => void;
}

/** As `ChatModel.complete`; also @throws Unable, Overloaded */
export type AnswerQuestion = (question: Question, options: AnswerOptions) => Answer;

/**
 * Asks the first of the models; when it fails before its first piece, the next that can do what the question needs.
 *
 * @param backends in the order in which they are asked, at least one
 */
export function createAnswerQuestion(backends: readonly Backend[], logger: Logger): AnswerQuestion {
  return async function* answer(question, { signal, onModel, onUsage }) {
    const able = backends.filter(({ model }) => lackOf(model, question) === undefined);
    if (able.length === 0) throw lackOf((backends[0] as Backend).model, question);
    for (const [index, { model, ask }] of able.entries()) {
      let used: TokenUsage | undefined;
      const note = (usage: TokenUsage) => {
        used = usage;
      };
      const pieces = ask(question, { signal, onUsage: note });
      let [begun, isLeft] = [false, false];
      try {
        let next = await pieces.next();
        begun = true;
        onModel(model.name);
        for (; !next.done; next = await pieces.next()) yield next.value;
        return next.value;
      } catch (error) {
        const other = able[index + 1];
        // What one refuses for its content, the others are not bothered with.
        const rejected = error instanceof ModelFailure && error.kind === "rejected";
        if (begun || signal.aborted || rejected || !other) throw error;
        isLeft = true;
        logger.warn("another model answers in its place", {
          model: model.name,
          other: other.model.name,
          error: error instanceof ModelFailure ? (error.cause ?? error) : error,
        });
      } finally {
        // Of a reader that went away; it does nothing when the answer has ended.
        await pieces.return("stop");
        // What a model has used in whose place another answers is not the price of that answer.
        if (used && !isLeft) onUsage?.(used);
      }
    }
    throw new Error("the last of the models either answers or throws");
  };
}

function lackOf({ name, abilities }: ChatModel, { messages, tools }: Question): Unable | undefined {
  const called = messages.some(
    (message) => message.role === "tool" || (message.role === "assistant" && message.toolCalls?.length),
  );
  if ((tools.length > 0 || called) && !abilities.tools)
    return new Unable("tools", `${name} can't call tools: ask without them`);
  if (messages.at(-1)?.role === "assistant" && !abilities.prefill)
    return new Unable(
      "messages",
      `${name} can't continue an answer: end with the message that it is to answer`,
    );
  return undefined;
}
