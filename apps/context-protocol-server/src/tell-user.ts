import type { UserEvent } from "@mobile-ai-agent/contracts";
import type { UserEvents } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";

/**
 * Tells a user's devices. What has been done is done when that fails: devices learn of it when they ask next.
 *
 * @param exceptSocket id of the socket that gets the same as an acknowledgement
 */
export type TellUser = (userId: string, event: UserEvent, exceptSocket?: string) => Promise<void>;

export function createTellUser(events: UserEvents, logger: Logger): TellUser {
  return async (userId, event, exceptSocket) => {
    try {
      await events.publish({ userId, event, ...(exceptSocket !== undefined && { exceptSocket }) });
    } catch (error) {
      logger.warn("a user's devices could not be told", { error, event: event.name });
    }
  };
}

/** Header by which websocket-server names the socket that a message came from. */
const ORIGIN_SOCKET = "x-origin-socket";
const SOCKET_ID = /^[A-Za-z0-9_-]{20}$/;

/** @returns the socket that a request came from; whoever invents one keeps an event from themselves at most */
export function originSocket(header: (name: string) => string | undefined): string | undefined {
  const id = header(ORIGIN_SOCKET);
  return id !== undefined && SOCKET_ID.test(id) ? id : undefined;
}
