import { basename } from "node:path";
import {
  type ChatHistoryItem,
  getLlama,
  LlamaChatSession,
  type LlamaContextSequence,
  LlamaLogLevel,
  type TokenMeterState,
} from "node-llama-cpp";
import type { ChatMessage, ChatModel, FinishReason, TokenUsage } from "../chat-model.ts";
import { ModelFailure } from "../model-failure.ts";

/** When the request doesn't say. */
const DEFAULT_TEMPERATURE = 0.7;

interface EmbeddedModelOptions {
  /** Path of a GGUF file. */
  readonly file: string;
  /** Conversations evaluated side by side; more than that must not be asked for at a time. */
  readonly sequences: number;
  /** Threads that evaluate; they wait for each other actively, so each needs a processor of its own. */
  readonly threads?: number;
  /** Tokens that one conversation can hold, answer included. */
  readonly contextSize?: number;
}

/**
 * Loads a GGUF model into this process, on the CPU, by the prebuilt llama.cpp of node-llama-cpp.
 *
 * @throws when the file is missing or no model
 */
export async function loadEmbeddedModel(options: EmbeddedModelOptions): Promise<ChatModel> {
  const { file, sequences, threads = 1, contextSize = 2048 } = options;
  const llama = await getLlama({
    gpu: false,
    build: "never",
    progressLogs: false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({ contextSize, sequences, threads });
  // Taken once and lent out: a disposed sequence comes back to its context only some time later.
  const idle = Array.from({ length: sequences }, () => context.getSequence());

  return {
    name: basename(file, ".gguf"),
    // Models of this size don't call tools in a way that anything can be built on.
    abilities: { tools: false, prefill: true },

    async *complete({ messages, maxTokens, temperature = DEFAULT_TEMPERATURE }, { signal, onUsage }) {
      signal.throwIfAborted();
      const { history, prompt, begun } = splitPrompt(messages);
      const sequence = idle.pop();
      if (!sequence) throw new Error(`more than ${sequences} answers were asked for at a time`);
      const session = new LlamaChatSession({ contextSequence: sequence, autoDisposeSequence: false });
      session.setChatHistory(history);
      const before = sequence.tokenMeter.getState();
      let prompted: number | undefined;
      const stop = new AbortController();
      let answering: Promise<FinishReason> | undefined;
      try {
        const pieces = new ReadableStream<string>({
          start(controller) {
            answering = session
              .promptWithMeta(prompt, {
                ...{ maxTokens, temperature, signal: AbortSignal.any([signal, stop.signal]) },
                ...(begun ? { responsePrefix: begun } : {}),
                onTextChunk: afterPrefix(begun, (text) => {
                  // An answer that outgrows the context pushes its prompt out: it is counted while it is there.
                  prompted ??= usageOf(sequence, before).prompt;
                  controller.enqueue(text);
                }),
              })
              .then(({ stopReason }) => (stopReason === "maxTokens" ? "length" : "stop"));
            answering.then(
              () => controller.close(),
              (error) => controller.error(error),
            );
          },
        });
        for await (const text of pieces.values({ preventCancel: true })) yield { kind: "text", text };
        return (await answering) as FinishReason;
      } finally {
        // Also when the reader went away: the sequence is free for another only when the evaluation has ended.
        stop.abort(new Error("nobody reads the answer"));
        await answering?.catch(() => {});
        const used = usageOf(sequence, before);
        session.dispose({ disposeSequence: false });
        // Before anything that may fail: a sequence that isn't given back is lost for good.
        idle.push(sequence);
        onUsage?.({ ...used, prompt: prompted ?? used.prompt });
      }
    },

    async close() {
      await llama.dispose();
    },
  };
}

/** The user's last message is the prompt; what came before it is history; what follows, the answer's beginning. */
function splitPrompt(messages: readonly ChatMessage[]) {
  const last = messages.at(-1);
  const begun = last?.role === "assistant" ? last.content : "";
  const conversation = begun ? messages.slice(0, -1) : messages;
  const prompt = conversation.at(-1);
  if (prompt?.role !== "user")
    throw new ModelFailure("rejected", "there is no message of the user to answer");
  return { history: conversation.slice(0, -1).map(toHistoryItem), prompt: prompt.content, begun };
}

function toHistoryItem({ role, content }: ChatMessage): ChatHistoryItem {
  if (role === "tool") throw new ModelFailure("rejected", "the embedded model knows no tools");
  return role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content };
}

/** Passes on the text that follows a prefix, which the library tells as if the model had made it. */
function afterPrefix(prefix: string, pass: (text: string) => void): (text: string) => void {
  let left = prefix.length;
  return (text) => {
    const made = text.slice(left);
    left -= text.length - made.length;
    if (made) pass(made);
  };
}

/** What the conversation in a sequence has cost since `before`, whether its prompt was there from an earlier one or not. */
function usageOf(sequence: LlamaContextSequence, before: TokenMeterState): TokenUsage {
  const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(before);
  // Broken off before its first token: the sequence may still hold the conversation before.
  if (usedOutputTokens === 0) return { prompt: usedInputTokens, completion: 0 };
  return { prompt: sequence.nextTokenIndex - usedOutputTokens, completion: usedOutputTokens };
}
