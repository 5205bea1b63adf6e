import { readConfig } from "@mobile-ai-agent/service-kit";
import { expect, it } from "vitest";
import { llmConfig } from "./config.ts";

const faults = (env: Record<string, string>) => {
  try {
    readConfig(llmConfig, env);
    return [];
  } catch (error) {
    return (error as { faults: string[] }).faults;
  }
};

it("needs nothing for the embedded model", () => {
  expect(readConfig(llmConfig, {})).toMatchObject({
    LLM_PROVIDER: "embedded",
    OPENAI_TOOLS: true,
    OPENAI_PREFILL: false,
  });
});

it.each([
  [{ LLM_PROVIDER: "anthropic" }, ["ANTHROPIC_API_KEY", "ANTHROPIC_MODEL"]],
  [{ LLM_FALLBACK: "openai" }, ["OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"]],
  [{ LLM_FALLBACK: "embedded" }, ["LLM_FALLBACK"]],
  [{ OPENAI_TOOLS: "perhaps" }, ["OPENAI_TOOLS"]],
])("names what is missing or wrong in %o", (env, names) => {
  expect(faults(env).map((fault) => fault.split(":")[0])).toEqual(names);
});
