import type { Revocations } from "@mobile-ai-agent/service-kit";
import { roomOfSignIn, type UserSocket } from "./socket-types.ts";

/** Lets the socket be found when its sign-in is ended; disconnects it when that was between its handshake and now. */
export function endWhenRevoked(socket: UserSocket, revocations: Pick<Revocations, "has">): void {
  const { sid } = socket.data.claims;
  void socket.join(roomOfSignIn(sid));
  if (revocations.has(sid)) socket.disconnect(true);
}
