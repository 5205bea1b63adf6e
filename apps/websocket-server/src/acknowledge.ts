import type { Ack } from "@mobile-ai-agent/contracts";
import { type Logger, runInContext } from "@mobile-ai-agent/service-kit";
import type { z } from "zod";
import { SocketProblem } from "./socket-problem.ts";

/**
 * A listener for an event with an acknowledgement: checks the payload, and answers with what `handle` returns
 * or throws. A client that asks for no acknowledgement gets none. Each event is a request with a trace of its own.
 */
export function acknowledge<S extends z.ZodType, T>(
  schema: S,
  handle: (payload: z.infer<S>) => Promise<T>,
  logger: Logger,
): (payload: unknown, ack: Ack<T>) => Promise<void> {
  const answer = async (payload: unknown, ack: Ack<T>) => {
    const reply: Ack<T> = typeof ack === "function" ? ack : () => {};
    try {
      const parsed = schema.safeParse(payload);
      if (!parsed.success) throw new SocketProblem("invalid", faultsOf(parsed.error));
      reply({ data: await handle(parsed.data) });
    } catch (error) {
      if (error instanceof SocketProblem) {
        if (error.cause !== undefined) logger.warn("an event could not be handled", { error });
        return reply({ error: { code: error.code, message: error.message } });
      }
      logger.error("an event could not be handled", { error });
      reply({ error: { code: "unavailable", message: "something failed on our side; try again" } });
    }
  };
  return (payload, ack) => runInContext({}, () => answer(payload, ack));
}

function faultsOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message))
    .join("; ");
}
