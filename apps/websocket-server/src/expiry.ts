import type { UserSocket } from "./socket-types.ts";

const WARNING_MS = 60_000;
/** The longest that a timer can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Tells the device a minute before its token expires, and disconnects it when the token does. */
export function endAtExpiry(socket: UserSocket): void {
  const left = socket.data.claims.exp * 1000 - Date.now();
  const warning = after(left - WARNING_MS, () => socket.emit("auth:expired"));
  const end = after(left, () => socket.disconnect(true));
  socket.once("disconnect", () => {
    clearTimeout(warning);
    clearTimeout(end);
  });
}

function after(ms: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, Math.min(Math.max(ms, 0), MAX_TIMER_MS));
}
