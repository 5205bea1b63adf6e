import type { ClientToServerEvents, SocketError } from "@mobile-ai-agent/contracts";
import { ackOf } from "./acknowledge.ts";
import type { UserSocket } from "./socket-types.ts";

const UNKNOWN: SocketError = {
  code: "invalid",
  message: "there is no event of this name; the app may be newer than the platform",
};

/** Has each event handled by the listener of its name; the acknowledgement of any other says that there is none. */
export function listenTo(socket: UserSocket, listeners: ClientToServerEvents): void {
  for (const name of Object.keys(listeners) as (keyof ClientToServerEvents)[])
    socket.on(name, listeners[name]);
  socket.use(([name, ...sent], next) => {
    // Not by the socket's own listeners: it has some for itself, as for `error`.
    if (Object.hasOwn(listeners, name)) next();
    else ackOf(sent)?.({ error: UNKNOWN });
  });
}
