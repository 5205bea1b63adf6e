import { all, quantile } from "../queries.ts";
import type { Dashboard } from "./dashboard.ts";

const histogram = "llm_request_latency_seconds";
const questions = (by: string) => `sum by (${by}) (rate(llm_request_count{${all()}}[5m]))`;
const tokens = (by: string, matchers = "") => `sum by (${by}) (rate(llm_token_usage{${all(matchers)}}[5m]))`;

/** What is asked of the models, how long they take and what they use. */
export const languageModel: Dashboard = {
  uid: "mobile-ai-agent-language-model",
  title: "Language model",
  panels: [
    {
      title: "Questions by how they ended",
      unit: "reqps",
      queries: { "{{provider}} {{status}}": questions("provider, status") },
    },
    {
      title: "Time of an answer",
      unit: "s",
      queries: {
        "{{provider}} half": quantile(0.5, { histogram, by: "provider", window: "5m" }),
        "{{provider}} 95 %": quantile(0.95, { histogram, by: "provider", window: "5m" }),
      },
    },
    { title: "Tokens", unit: "cps", queries: { "{{provider}} {{kind}}": tokens("provider, kind") } },
    {
      title: "Tokens of an answer",
      unit: "short",
      queries: { "{{provider}}": `${tokens("provider", 'kind="completion"')} / ${questions("provider")}` },
    },
  ],
};
