import type {
  AccessTokenClaims,
  ClientToServerEvents,
  ServerToClientEvents,
} from "@mobile-ai-agent/contracts";
import type { DefaultEventsMap, Server, Socket } from "socket.io";

export interface SocketData {
  claims: AccessTokenClaims;
  /** The access token itself: other services are asked on the user's behalf. */
  token: string;
}

export type UserSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type UserSocketServer = Server<
  ClientToServerEvents,
  ServerToClientEvents,
  DefaultEventsMap,
  SocketData
>;

/** The sockets of one sign-in, on all replicas. */
export function roomOfSignIn(signIn: string): string {
  return `sign-in:${signIn}`;
}

/** All devices of a user, on all replicas. */
export function roomOf({ sub }: Pick<AccessTokenClaims, "sub">): string {
  return `user:${sub}`;
}
