import { SendMessage } from "@mobile-ai-agent/contracts";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { acknowledge } from "../acknowledge.ts";
import type { ContextClient } from "../context-client.ts";
import { roomOf, type UserSocket } from "../socket-types.ts";

/** `message:send`: stores the message as its user, acknowledges it, and tells the user's other devices. */
export function sendMessage(socket: UserSocket, context: ContextClient, logger: Logger) {
  return acknowledge(
    SendMessage,
    async (message) => {
      const accepted = await context.createMessage(socket.data.token, message);
      socket.to(roomOf(socket.data.claims)).emit("message:created", accepted);
      return accepted;
    },
    logger,
  );
}
