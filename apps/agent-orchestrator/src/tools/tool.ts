import { canonical } from "@mobile-ai-agent/audit-log";
import type { RiskClass } from "@mobile-ai-agent/contracts";
import type { Tool as ListedTool } from "@modelcontextprotocol/client";
import { digest } from "../record/record-hash.ts";

/** As models' interfaces take names. */
export const TOOL_NAME = /^[\w-]{1,64}$/;

/** What the model is told of a tool. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A tool that a run may use. */
export interface Tool {
  readonly server: string;
  /** As its server calls it; the model may know it by another name. */
  readonly tool: string;
  readonly definition: ToolDefinition;
  /** Of all that its server says of it. */
  readonly hash: string;
  readonly risk: RiskClass;
  /** Whether what it is told stays inside the platform, whatever its class. */
  readonly isInside: boolean;
}

/** What a server says of a tool, as far as anybody acts on it. */
export type PinnedDefinition = Pick<
  ListedTool,
  "name" | "title" | "description" | "inputSchema" | "outputSchema" | "annotations"
>;

export function pinnedOf(listed: PinnedDefinition): PinnedDefinition {
  const { name, title, description, inputSchema, outputSchema, annotations } = listed;
  const all = { name, title, description, inputSchema, outputSchema, annotations };
  return JSON.parse(JSON.stringify(all)) as PinnedDefinition;
}

/** Changes with every word of a definition: annotations too, since a tool's class may come from them. */
export function hashOf(definition: PinnedDefinition): string {
  return digest(canonical(pinnedOf(definition)));
}
