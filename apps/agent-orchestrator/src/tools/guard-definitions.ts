import type { RunGuard } from "../run-guard.ts";
import type { RunTools } from "../run-tools.ts";
import type { Tool } from "./tool.ts";
import { PLATFORM } from "./tool-servers.ts";

/**
 * Leaves out the tools whose description, in any part, the guard would not let the model read as it is. The platform's own
 * are in the release; others' servers write what they like.
 */
export function guardDefinitions(tools: RunTools, guard: Pick<RunGuard, "check">): RunTools {
  const isHarmless = ({ server, definition: { description, parameters } }: Tool) => {
    if (server === PLATFORM.name) return true;
    const text = textsIn([description, parameters]).join("\n");
    return guard.check(text, "tool") === text;
  };
  const harmless = new Map(
    tools.definitions.flatMap(({ name }) => {
      const tool = tools.find(name);
      return tool !== undefined && isHarmless(tool) ? [[name, tool] as const] : [];
    }),
  );
  return {
    ...tools,
    definitions: [...harmless.values()].map(({ definition }) => definition),
    find: (name) => harmless.get(name),
  };
}

/** All that is text in a value, keys too: a schema's descriptions, titles, examples. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...textsIn(one),
  ]);
}
