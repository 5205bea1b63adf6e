import type { Ack } from "@mobile-ai-agent/contracts";
import { type Logger, runInContext } from "@mobile-ai-agent/service-kit";
import type { z } from "zod";
import { SocketProblem } from "./socket-problem.ts";

/**
 * A listener for an event with an acknowledgement: checks the payload, and answers with what `handle` returns
 * or throws. A client that asks for no acknowledgement gets none. What it sends between the payload and the acknowledgement
 * is ignored. Each event is a request with a trace of its own.
 */
export function acknowledge<S extends z.ZodType, T>(
  schema: S,
  handle: (payload: z.infer<S>) => Promise<T>,
  logger: Logger,
): (payload: unknown, ack: Ack<T>) => Promise<void> {
  const answer = async (sent: readonly unknown[]) => {
    const reply: Ack<T> = ackOf(sent) ?? (() => {});
    const payload = typeof sent[0] === "function" ? undefined : sent[0];
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
  return (...sent: readonly unknown[]) => runInContext({}, () => answer(sent));
}

/**
 * The acknowledgement that a client has asked for: the last of what comes with an event, however much that is. Nothing
 * else there is a function.
 */
export function ackOf<T>(sent: readonly unknown[]): Ack<T> | undefined {
  const last = sent.at(-1);
  return typeof last === "function" ? (last as Ack<T>) : undefined;
}

function faultsOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message))
    .join("; ");
}
