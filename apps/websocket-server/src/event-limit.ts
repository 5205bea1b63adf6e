import type { SocketError } from "@mobile-ai-agent/contracts";
import type { UserSocket } from "./socket-types.ts";

/** Events that a socket may send at once, and each second after that. A device that comes back needs some tens. */
const BURST = 60;
const PER_SECOND = 20;
/** Who goes on against so many refusals is no device of ours. */
const MAX_REFUSED = 300;

const LIMITED: SocketError = {
  code: "limited",
  message: `a connection may send ${PER_SECOND} events a second; wait a moment and try again`,
};

/** Refuses a socket's events, known or not, that come too fast; ends a socket that does not stop. */
export function limitEvents(socket: UserSocket, now: () => number = performance.now.bind(performance)): void {
  let left = BURST;
  let refused = 0;
  let last = now();
  socket.use((event, next) => {
    const time = now();
    left = Math.min(BURST, left + ((time - last) / 1000) * PER_SECOND);
    last = time;
    if (left >= 1) {
      left -= 1;
      refused = 0;
      return next();
    }
    refused += 1;
    if (refused > MAX_REFUSED) return void socket.disconnect(true);
    const ack: unknown = event.at(-1);
    if (typeof ack === "function") ack({ error: LIMITED });
  });
}
