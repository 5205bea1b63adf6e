import { DecideApproval } from "@mobile-ai-agent/contracts";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { acknowledge } from "../acknowledge.ts";
import type { ContextClient } from "../context-client.ts";
import type { UserSocket } from "../socket-types.ts";

/** `approval:decide`: approves or refuses a call as the socket's user. All of their devices hear of it. */
export function decideApproval(socket: UserSocket, context: ContextClient, logger: Logger) {
  return acknowledge(
    DecideApproval,
    ({ approvalId, decision }) => context.decideApproval(socket.data.token, approvalId, decision),
    logger,
  );
}
