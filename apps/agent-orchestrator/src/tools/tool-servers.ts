import { RiskClass } from "@mobile-ai-agent/contracts";
import { z } from "zod";
import { PLATFORM_CLASSES } from "./classify.ts";

/** An MCP server whose tools runs may use besides the platform's own. */
const ToolServer = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,23}$/, "up to 24 lower-case letters, digits and -"),
  url: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }),
  classes: z.record(z.string(), RiskClass).default({}).describe("of tools, by their names"),
  inside: z.boolean().default(false).describe("whether what its tools are told stays inside the platform"),
});
export type ToolServer = z.infer<typeof ToolServer>;

export const PLATFORM: Omit<ToolServer, "url"> = {
  name: "platform",
  classes: PLATFORM_CLASSES,
  inside: true,
};

/** JSON text of a list of servers. */
export const ToolServers = z
  .string()
  .prefault("[]")
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "must be JSON" });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(ToolServer)
      .refine(
        (servers) => new Set([PLATFORM.name, ...servers.map(({ name }) => name)]).size === servers.length + 1,
        "each server needs a name of its own, other than platform",
      ),
  );
