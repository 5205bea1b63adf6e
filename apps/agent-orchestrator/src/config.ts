import { auditConfig } from "@mobile-ai-agent/audit-log";
import { contentKeysConfig, transitKeysConfig } from "@mobile-ai-agent/content-cipher";
import { RiskClass } from "@mobile-ai-agent/contracts";
import { DEFAULT_POLICY, type GuardPolicy, type Reaction } from "@mobile-ai-agent/guard";
import {
  baseConfig,
  budgetConfig,
  mongoConfig,
  redisConfig,
  runTokenConfig,
} from "@mobile-ai-agent/service-kit";
import { z } from "zod";
import type { ApprovalPolicy } from "./tools/classify.ts";
import { ToolServers } from "./tools/tool-servers.ts";

const positive = (fallback: number) => z.coerce.number().int().positive().default(fallback);

const reaction = (fallback: Reaction) => z.enum(["block", "flag", "strip"]).default(fallback);

/** Every variable of this service. */
export const orchestratorConfig = z.object({
  ...baseConfig.shape,
  ...mongoConfig.shape,
  ...redisConfig.shape,
  ...runTokenConfig.shape,
  ...budgetConfig.shape,
  ...auditConfig.shape,
  ...contentKeysConfig.shape,
  ...transitKeysConfig.shape,
  CONTEXT_PROTOCOL_SERVER_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }),
  LLM_SERVER_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL that ends with /v1" }),
  LLM_MODEL: z.string().min(1),
  LLM_TOOLS: z
    .stringbool("must be true or false")
    .prefault("true")
    .describe("whether the model can call tools"),
  LLM_CONTINUES: z
    .stringbool("must be true or false")
    .prefault("false")
    .describe(
      "whether the model can go on with an answer that was begun; without it, an interrupted one fails",
    ),
  MAX_ANSWER_TOKENS: positive(192).describe("tokens that the model may make each time it is asked"),
  MAX_STEPS: positive(6).describe("times that the model is asked in one run"),
  RUN_TOKEN_LIMIT: positive(100_000).describe("tokens of prompts and answers that one run may use"),
  MAX_RUN_SECONDS: positive(300).describe("seconds after which a run is given up"),
  TEMPERATURE: z.coerce.number().min(0).max(2).default(0.2),
  GUARD_USER: reaction(DEFAULT_POLICY.user).describe("what an attack in a user's message leads to"),
  GUARD_TOOL: reaction(DEFAULT_POLICY.tool).describe("what an attack in a tool's result leads to"),
  GUARD_MEMORY: reaction(DEFAULT_POLICY.memory).describe("what an attack in a session's context leads to"),
  APPROVAL_CLASSES: z
    .string()
    .default("outbound")
    .transform((list) => (list === "none" ? [] : list.split(",").map((name) => name.trim())))
    .pipe(z.array(z.enum(RiskClass.options, "must be none, or a list of read, write and outbound")))
    .describe(
      "comma-separated classes of tools whose calls need approval; in a tainted run outbound ones always do",
    ),
  APPROVAL_SECONDS: positive(900).describe(
    "seconds after which a call that nobody approved counts as refused",
  ),
  TOOL_SERVERS: ToolServers.describe("more MCP servers, as JSON: name, url, classes of their tools, inside"),
  RUN_RECORD_DAYS: positive(30).describe(
    "days that the record of a run is kept, from which it can be replayed",
  ),
  CONCURRENCY: positive(2).describe("runs handled at a time"),
  SWEEP_AFTER_MS: positive(30_000).describe(
    "when a run that was stored and made no progress is queued again; longer than it takes to queue one",
  ),
  CLAIM_AFTER_MS: positive(8000).describe("when the run of a silent consumer is taken over"),
});
export type OrchestratorConfig = z.infer<typeof orchestratorConfig>;

/** Files don't reach the model yet; they would be as what tools say. */
export function guardPolicyOf(config: OrchestratorConfig): GuardPolicy {
  const { GUARD_USER: user, GUARD_TOOL: tool, GUARD_MEMORY: memory } = config;
  return { user, tool, memory, document: tool };
}

export function approvalPolicyOf(config: OrchestratorConfig): ApprovalPolicy {
  return { classes: new Set(config.APPROVAL_CLASSES), seconds: config.APPROVAL_SECONDS };
}
