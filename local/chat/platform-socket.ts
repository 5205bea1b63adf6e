import {
  type ClientToServerEvents,
  PROTOCOL_VERSION,
  type ServerToClientEvents,
  SOCKET_PATH,
} from "@mobile-ai-agent/contracts";
import { io, type Socket } from "socket.io-client";
import type { PlatformApi } from "./api.ts";

export type PlatformSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** How long an acknowledgement may take before the message is sent again under the same client id. */
export const ACKNOWLEDGE_MS = 10_000;
const AGAIN_MS = 1000;

/**
 * A socket that comes back by itself, with a token that is good: after cuts, an expiry that the platform announces, and a
 * refused token.
 *
 * @param onLost called when trying again does not help: the platform refuses this version, or nobody can sign in
 */
export function openSocket(
  api: PlatformApi,
  onLost: (reason: Error) => void,
): { socket: PlatformSocket; close(): void } {
  let refusals = 0;
  let closed = false;
  let again: NodeJS.Timeout | undefined;
  const socket: PlatformSocket = io(api.url, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    // Without a new token the one at hand is refused, which tells why.
    auth: (answer) =>
      void api
        .freshToken()
        .catch(() => api.accessToken)
        .then((token) => answer({ token, protocolVersion: PROTOCOL_VERSION })),
    ackTimeout: ACKNOWLEDGE_MS,
    retries: 3,
  });
  const lost = (why: string, cause?: unknown) =>
    onLost(new Error(`no socket at ${api.url}${SOCKET_PATH}: ${why}`, { cause }));

  function connectLater(): void {
    if (!closed) again = setTimeout(() => socket.connect(), AGAIN_MS);
  }

  socket.on("connect", () => {
    refusals = 0;
  });
  socket.on("disconnect", (reason) => {
    // The library comes back from everything but the platform's own "go", as at an expiry.
    if (reason === "io server disconnect") connectLater();
  });
  socket.on("connect_error", ({ message }) => {
    if (socket.active) return;
    refusals += 1;
    if (message === "unavailable") connectLater();
    else if (message !== "unauthorized" || refusals > 1 || !api.signInAgain) lost(message);
    else api.renew().then(connectLater, (cause: Error) => lost(cause.message, cause));
  });
  socket.on("auth:expired", () => {
    if (!api.signInAgain) return;
    api.renew().then(
      () => closed || socket.disconnect().connect(),
      // The platform ends the connection in a minute; the next one tells why there is none.
      () => undefined,
    );
  });
  return {
    socket,
    close() {
      closed = true;
      clearTimeout(again);
      socket.disconnect();
    },
  };
}
