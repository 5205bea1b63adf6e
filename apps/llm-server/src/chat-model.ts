export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface CompletionOptions {
  /** Length of the answer in tokens. */
  readonly maxTokens: number;
  /** 0 (always the likeliest token) to 2. */
  readonly temperature: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** Called at most once, when the work has ended, also of an answer that was broken off, if the numbers are known. */
  readonly onUsage?: (usage: TokenUsage) => void;
}

/** What an answer has cost, in the model's tokens. */
export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
}

export type FinishReason = "stop" | "length";

/** A language model that continues a conversation. */
export interface ChatModel {
  /** The name under which clients ask for it. */
  readonly name: string;
  /**
   * Yields the pieces of the answer as they are made, and returns why it ended.
   *
   * @throws when aborted, or when the model fails
   */
  complete(
    messages: readonly ChatMessage[],
    options: CompletionOptions,
  ): AsyncGenerator<string, FinishReason, undefined>;
  /** Frees memory and threads. */
  close(): Promise<void>;
}
