import { basename } from "node:path";
import { type ChatHistoryItem, getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";
import type { ChatMessage, ChatModel, FinishReason } from "../chat-model.ts";

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

    async *complete(messages, { maxTokens, temperature, signal, onUsage }) {
      signal.throwIfAborted();
      const { history, prompt } = splitPrompt(messages);
      const sequence = idle.pop();
      if (!sequence) throw new Error(`more than ${sequences} answers were asked for at a time`);
      const session = new LlamaChatSession({ contextSequence: sequence, autoDisposeSequence: false });
      session.setChatHistory(history);
      const before = sequence.tokenMeter.getState();
      const stop = new AbortController();
      let answering: Promise<FinishReason> | undefined;
      try {
        const pieces = new ReadableStream<string>({
          start(controller) {
            answering = session
              .promptWithMeta(prompt, {
                maxTokens,
                temperature,
                signal: AbortSignal.any([signal, stop.signal]),
                onTextChunk: (text) => controller.enqueue(text),
              })
              .then(({ stopReason }) => (stopReason === "maxTokens" ? "length" : "stop"));
            answering.then(
              () => controller.close(),
              (error) => controller.error(error),
            );
          },
        });
        yield* pieces.values({ preventCancel: true });
        return (await answering) as FinishReason;
      } finally {
        // Also when the reader went away: the sequence is free for another only when the evaluation has ended.
        stop.abort(new Error("nobody reads the answer"));
        await answering?.catch(() => {});
        const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(before);
        onUsage?.({ prompt: usedInputTokens, completion: usedOutputTokens });
        session.dispose({ disposeSequence: false });
        idle.push(sequence);
      }
    },

    async close() {
      await llama.dispose();
    },
  };
}

/** The last message is the prompt; what came before it is history. */
function splitPrompt(messages: readonly ChatMessage[]): { history: ChatHistoryItem[]; prompt: string } {
  const history = messages.slice(0, -1).map(({ role, content }): ChatHistoryItem => {
    return role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content };
  });
  return { history, prompt: messages.at(-1)?.content ?? "" };
}
