import type { TokenUsage } from "../chat-model.ts";

export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** @returns the usage as OpenAI spells it */
export function toWireUsage({ prompt, completion }: TokenUsage): WireUsage {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
