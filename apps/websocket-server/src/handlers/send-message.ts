import { type MessageAccepted, SendMessage } from "@mobile-ai-agent/contracts";
import type { Logger, RateLimiter } from "@mobile-ai-agent/service-kit";
import { acknowledge } from "../acknowledge.ts";
import type { ContextClient } from "../context-client.ts";
import { createLines } from "../lines.ts";
import { SocketProblem } from "../socket-problem.ts";
import type { UserSocket } from "../socket-types.ts";

/**
 * What a message waits for those ahead of it: with the time that is given to one, it is answered before a device asks
 * again. With the limit of a socket's events, this bounds what waits here.
 */
const PATIENCE_MS = 8000;
const SLOW = "the messages ahead of this one take too long; try again shortly";

interface Dependencies {
  readonly context: ContextClient;
  readonly limit: RateLimiter;
  readonly logger: Logger;
}

/**
 * `message:send`: stores the message as its user and acknowledges it; the user's other devices hear of it from
 * context-protocol-server. Who sends too many gets `limited`; nothing is stored then. What one socket sends to a session
 * is stored in the order in which it came; a message that can't be stored doesn't hold up those behind it.
 */
export function sendMessage(socket: UserSocket, { context, limit, logger }: Dependencies) {
  const inLine = createLines();

  async function store(message: SendMessage): Promise<MessageAccepted> {
    const verdict = await limit.consume(`user:${socket.data.claims.sub}`);
    if (!verdict.admitted) {
      const { limit: most, seconds, reset } = verdict;
      throw new SocketProblem(
        "limited",
        `up to ${most} messages are taken in ${seconds} s; try again in ${reset} s`,
      );
    }
    return await context.createMessage(socket.data.token, message, socket.id);
  }

  return acknowledge(
    SendMessage,
    (message) => {
      const came = performance.now();
      return inLine(message.sessionId, () => {
        if (performance.now() - came > PATIENCE_MS) throw new SocketProblem("unavailable", SLOW);
        return store(message);
      });
    },
    logger,
  );
}
