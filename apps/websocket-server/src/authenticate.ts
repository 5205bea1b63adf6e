import { InvalidToken, type TokenVerifier } from "@mobile-ai-agent/service-kit";
import type { UserSocket } from "./socket-types.ts";

/**
 * Middleware of the handshake: `auth.token` must be a valid access token. The client gets `connect_error`
 * with the message "unauthorized", or "unavailable" when tokens can't be verified now.
 */
export function authenticate(verifier: TokenVerifier) {
  return async (socket: UserSocket, next: (error?: Error) => void): Promise<void> => {
    const token: unknown = socket.handshake.auth.token;
    if (typeof token !== "string") return next(new Error("unauthorized"));
    try {
      socket.data.claims = await verifier.verify(token);
    } catch (error) {
      return next(new Error(error instanceof InvalidToken ? "unauthorized" : "unavailable"));
    }
    socket.data.token = token;
    // Kept once: the handshake can be looked at by anything that holds the socket.
    delete socket.handshake.auth.token;
    next();
  };
}
