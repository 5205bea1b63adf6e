import { Counter, type Registry } from "prom-client";

export interface TokenMetrics {
  /** What a call of the model was settled as. */
  use(use: { tokens: number; counted: "provider" | "bound" }): void;
  /** A call was not made, or an answer ended early. */
  refuse(limit: "day" | "run"): void;
}

/** Adds `agent_token_usage{counted}` and `agent_budget_refusal_count{limit}` to a registry. */
export function createTokenMetrics(registry: Registry): TokenMetrics {
  const registers = [registry];
  const usage = new Counter({
    name: "agent_token_usage",
    help: "Tokens that users' budgets were charged: as the provider counted, or at most",
    labelNames: ["counted"],
    registers,
  });
  const refusals = new Counter({
    name: "agent_budget_refusal_count",
    help: "Calls of the model that were not made, or cut short, for want of tokens",
    labelNames: ["limit"],
    registers,
  });
  // A rate needs the zero before the first.
  for (const counted of ["provider", "bound"]) usage.inc({ counted }, 0);
  for (const limit of ["day", "run"]) refusals.inc({ limit }, 0);
  return {
    use: ({ tokens, counted }) => usage.inc({ counted }, tokens),
    refuse: (limit) => refusals.inc({ limit }),
  };
}
