import { SendMessage } from "@mobile-ai-agent/contracts";
import type { Logger, RateLimiter } from "@mobile-ai-agent/service-kit";
import { acknowledge } from "../acknowledge.ts";
import type { ContextClient } from "../context-client.ts";
import { SocketProblem } from "../socket-problem.ts";
import type { UserSocket } from "../socket-types.ts";

interface Dependencies {
  readonly context: ContextClient;
  readonly limit: RateLimiter;
  readonly logger: Logger;
}

/**
 * `message:send`: stores the message as its user and acknowledges it; the user's other devices hear of it from
 * context-protocol-server. Who sends too many gets `limited`; nothing is stored then.
 */
export function sendMessage(socket: UserSocket, { context, limit, logger }: Dependencies) {
  return acknowledge(
    SendMessage,
    async (message) => {
      const verdict = await limit.consume(`user:${socket.data.claims.sub}`);
      if (!verdict.admitted) {
        const { limit: most, seconds, reset } = verdict;
        throw new SocketProblem(
          "limited",
          `up to ${most} messages are taken in ${seconds} s; try again in ${reset} s`,
        );
      }
      return await context.createMessage(socket.data.token, message, socket.id);
    },
    logger,
  );
}
