/** What the model asks to be done. `arguments` is JSON, as the model wrote it: possibly malformed. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** @returns the object that a call's arguments are, an empty text counting as none; undefined when they are no object */
export function parseArguments(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A call that broke off where the answer had its greatest length. No arguments at all would count as an empty object: such
 * a call would do more than the model was about to ask for.
 */
export function cutOff(call: ToolCall): ToolCall {
  return call.arguments === "" ? { ...call, arguments: "{" } : call;
}
