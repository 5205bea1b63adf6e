import type { SocketError } from "@mobile-ai-agent/contracts";
import { ackOf } from "./acknowledge.ts";
import type { UserSocket } from "./socket-types.ts";

/** Events that a socket may send at once, and each second after that. A device that comes back needs some tens. */
const BURST = 60;
const PER_SECOND = 20;
/** Who goes on against so many refusals is no device of ours. As many are forgiven each second as events are admitted. */
const MAX_REFUSED = 300;

const LIMITED: SocketError = {
  code: "limited",
  message: `a connection may send ${PER_SECOND} events a second; wait a moment and try again`,
};

/**
 * Refuses a socket's events, known or not, that come too fast; ends a socket that does not stop. A burst, or a rate of up
 * to twice what is admitted, is refused only: whatever is more than that comes to its end, the sooner the faster it is.
 */
export function limitEvents(
  socket: Pick<UserSocket, "use" | "disconnect">,
  now: () => number = performance.now.bind(performance),
): void {
  let left = BURST;
  let refused = 0;
  let last = now();
  socket.use((event, next) => {
    const time = now();
    const more = ((time - last) / 1000) * PER_SECOND;
    left = Math.min(BURST, left + more);
    refused = Math.max(0, refused - more);
    last = time;
    if (left >= 1) {
      left -= 1;
      return next();
    }
    refused += 1;
    if (refused > MAX_REFUSED) return void socket.disconnect(true);
    ackOf(event)?.({ error: LIMITED });
  });
}
