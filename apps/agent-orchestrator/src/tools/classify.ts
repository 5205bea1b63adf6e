import type { RiskClass } from "@mobile-ai-agent/contracts";
import type { PinnedDefinition, Tool } from "./tool.ts";

/** Of the platform's own tools. */
export const PLATFORM_CLASSES: Readonly<Record<string, RiskClass>> = {
  get_context: "read",
  list_sessions: "read",
  search_messages: "read",
  update_context: "write",
};

/**
 * The class of a tool: from the table of its server; else of a server inside from its annotations, which have the
 * defaults of the specification where they say nothing: outbound. Of a server outside they are not believed (MCP,
 * "Tool Annotations": untrusted unless the server is trusted).
 */
export function classOf(
  { classes, inside }: { readonly classes: Readonly<Record<string, RiskClass>>; readonly inside: boolean },
  tool: PinnedDefinition,
): RiskClass {
  const known = Object.hasOwn(classes, tool.name) ? classes[tool.name] : undefined;
  if (known !== undefined) return known;
  if (!inside) return "outbound";
  const { readOnlyHint = false, destructiveHint = true, openWorldHint = true } = tool.annotations ?? {};
  if (openWorldHint) return "outbound";
  if (readOnlyHint) return "read";
  return destructiveHint ? "outbound" : "write";
}

/** Which calls of tools need their user's approval. */
export interface ApprovalPolicy {
  readonly classes: ReadonlySet<RiskClass>;
  /** How long a call waits for it. */
  readonly seconds: number;
}

/**
 * Whether a call needs approval. In a tainted run, in which others may speak through the model, so does whatever tells
 * somebody outside anything: a question can carry a secret as well as a letter.
 */
export function needsApproval(
  { risk, isInside }: Pick<Tool, "risk" | "isInside">,
  { classes }: Pick<ApprovalPolicy, "classes">,
  isTainted: boolean,
): boolean {
  return classes.has(risk) || (isTainted && (risk === "outbound" || !isInside));
}
