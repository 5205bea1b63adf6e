/** A call of a tool as the model wants it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it: it need not be valid. */
  readonly arguments: string;
}

export type ChatMessage =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly content: string; readonly toolCallId: string };

export interface ToolDefinition {
  readonly name: string;
  readonly description?: string | undefined;
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Whether the model may call tools, must call one, must not, or must call the one named. */
export type ToolChoice = "auto" | "required" | "none" | { readonly name: string };

/** What a model is asked. */
export interface Question {
  /** An `assistant` message at the end is the beginning of the answer, which the model continues. */
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  /** Length of the answer in tokens. */
  readonly maxTokens: number;
  /** 0 (always the likeliest token) to 2; without it, the model's own. */
  readonly temperature?: number | undefined;
  /** Whose it is, for a fair share; no upstream is told. */
  readonly user?: string | undefined;
}

export interface CompletionOptions {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /**
   * Called at most once, when the work has ended, if the numbers are known. Of an answer that was broken off too, where
   * an upstream may have told fewer completion tokens than it made.
   */
  readonly onUsage?: (usage: TokenUsage) => void;
}

/** What an answer has cost, in the model's tokens; those of the prompt count whether they were cached or not. */
export interface TokenUsage {
  readonly prompt: number;
  readonly completion: number;
}

/** @returns undefined for what are no two counts: others add these up */
export function toUsage(prompt: unknown, completion: unknown): TokenUsage | undefined {
  return isCount(prompt) && isCount(completion) ? { prompt, completion } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A bit of the answer's text, never empty, or a whole call. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "call"; readonly call: ToolCall };

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

export type Answer = AsyncGenerator<Piece, FinishReason, undefined>;

export interface Abilities {
  /** It can be given tools, and calls them. */
  readonly tools: boolean;
  /** It can continue an answer that has begun. */
  readonly prefill: boolean;
}

/** A language model that continues a conversation. */
export interface ChatModel {
  /** The name under which clients ask for it. */
  readonly name: string;
  readonly abilities: Abilities;
  /**
   * Yields the pieces of the answer as they are made, and returns why it ended.
   *
   * @throws ModelFailure when an upstream fails, any error when the model itself does, the signal's reason when aborted
   */
  complete(question: Question, options: CompletionOptions): Answer;
  /** Frees memory and threads. */
  close(): Promise<void>;
}
