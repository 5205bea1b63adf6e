import { CancelRun } from "@mobile-ai-agent/contracts";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { acknowledge } from "../acknowledge.ts";
import type { ContextClient } from "../context-client.ts";
import type { UserSocket } from "../socket-types.ts";

/** `run:cancel`: asks for the run's end as its user. The end comes to all who follow the run, as its last event. */
export function cancelRun(socket: UserSocket, context: ContextClient, logger: Logger) {
  return acknowledge(
    CancelRun,
    async ({ runId }) => {
      await context.cancelRun(socket.data.token, runId);
      return { runId };
    },
    logger,
  );
}
