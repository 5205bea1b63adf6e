import { ProtocolError } from "@modelcontextprotocol/server";
import type { Caller } from "./caller.ts";
import { maySee } from "./caller.ts";

/** The caller's fault, in words for the model that called: it can mend its arguments and call again. */
export class ToolFault extends Error {}

const OURS = "something failed on our side; try again shortly";

/**
 * The handler, with every error that is not the caller's fault logged and replaced: the SDK shows callers the message
 * of whatever is thrown, which could be the database's.
 */
export function sheltered<Args extends unknown[], Result>(
  { logger }: Caller,
  handler: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await handler(...args);
    } catch (error) {
      if (error instanceof ToolFault || error instanceof ProtocolError) throw error;
      logger.error("MCP request failed", { error });
      throw new Error(OURS);
    }
  };
}

/** @throws ToolFault unless the session is the caller's */
export async function requireSession(caller: Caller, id: string): Promise<void> {
  if (!(await maySee(caller, id))) {
    throw new ToolFault("there is no such session; list_sessions shows the ones there are");
  }
}
