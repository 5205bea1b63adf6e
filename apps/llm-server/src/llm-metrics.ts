import { Counter, Histogram, type Registry } from "prom-client";
import type { TokenUsage } from "./chat-model.ts";

const STATUSES = ["success", "failure", "refused", "cancelled"] as const;

/** `refused`: too many wait, here or upstream; `cancelled`: the client went away. */
export type LlmStatus = (typeof STATUSES)[number];

/** One question to the model, from the moment that it waits for its turn. */
interface LlmCall {
  end(status: LlmStatus): void;
}

/** The figures of one provider. */
export interface ProviderMetrics {
  begin(): LlmCall;
  readonly use: (usage: TokenUsage) => void;
}

export interface LlmMetrics {
  of(provider: string): ProviderMetrics;
}

/**
 * Adds `llm_request_count{provider,status}`, `llm_request_latency_seconds{provider}` and
 * `llm_token_usage{provider,kind}` (prompt or completion) to a registry. A question that one provider fails and another
 * answers counts for both.
 */
export function createLlmMetrics(registry: Registry): LlmMetrics {
  const registers = [registry];
  const count = new Counter({
    name: "llm_request_count",
    help: "Questions to the model that have ended",
    labelNames: ["provider", "status"],
    registers,
  });
  const latency = new Histogram({
    name: "llm_request_latency_seconds",
    help: "Time from a question to the end of its answer, waiting and retries included, in seconds",
    labelNames: ["provider"],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120],
    registers,
  });
  const tokens = new Counter({
    name: "llm_token_usage",
    help: "Tokens that the model has read (prompt) and made (completion)",
    labelNames: ["provider", "kind"],
    registers,
  });
  return {
    of(provider) {
      // A rate needs the zero before the first failure.
      for (const status of STATUSES) count.inc({ provider, status }, 0);
      return {
        begin() {
          const observe = latency.startTimer({ provider });
          return {
            end(status) {
              observe();
              count.inc({ provider, status });
            },
          };
        },
        use({ prompt, completion }) {
          tokens.inc({ provider, kind: "prompt" }, prompt);
          tokens.inc({ provider, kind: "completion" }, completion);
        },
      };
    },
  };
}
