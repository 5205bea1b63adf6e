import type { ChatModel } from "../chat-model.ts";
import { ModelFailure } from "../model-failure.ts";

/**
 * A test double: answers with the words of the last message. The word "wait" waits for the gate, "broken" and "busy"
 * fail, "call" calls a tool.
 */
export function scriptedModel(
  name = "scripted",
  abilities: ChatModel["abilities"] = { tools: true, prefill: true },
) {
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const asked: Parameters<ChatModel["complete"]>[0][] = [];
  const model: ChatModel = {
    name,
    abilities,
    async *complete(question, { signal, onUsage }) {
      asked.push(question);
      signal.addEventListener("abort", () => aborted.resolve());
      const words = question.messages.at(-1)?.content.split(/(?<= )/) ?? [];
      const made = words.slice(0, question.maxTokens);
      for (const word of made) {
        if (word === "broken") throw new Error("the weights are gone");
        if (word === "busy") throw new ModelFailure("overloaded", "the secret upstream is busy");
        if (word === "wait") {
          entered.resolve();
          await Promise.race([gate.promise, aborted.promise]);
          signal.throwIfAborted();
        }
        if (word === "call") yield { kind: "call", call: { id: "c1", name: "search", arguments: '{"q":1}' } };
        else yield { kind: "text", text: word };
      }
      onUsage?.({ prompt: words.length, completion: made.length });
      if (made.includes("call")) return "tool_calls";
      return words.length > question.maxTokens ? "length" : "stop";
    },
    close: async () => {},
  };
  return { model, asked, gate, entered: entered.promise, aborted: aborted.promise };
}
