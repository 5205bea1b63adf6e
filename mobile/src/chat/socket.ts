import {
  type ClientToServerEvents,
  PROTOCOL_VERSION,
  type ServerToClientEvents,
  SOCKET_PATH,
} from "@mobile-ai-agent/contracts";
import { io, type Socket } from "socket.io-client";

export type ChatSocket = Socket<ServerToClientEvents, ClientToServerEvents>;
/** `outdated`: the platform no longer speaks with this version of the app. */
export type Connection = "connecting" | "connected" | "offline" | "outdated";

export interface SocketOptions {
  readonly url: string;
  /** A token good for a while. @returns undefined when there is none to be had now */
  readonly freshToken: () => Promise<string | undefined>;
  /** A new token, though the one at hand looks good. */
  readonly refreshToken: () => Promise<string | undefined>;
  readonly onConnection: (connection: Connection) => void;
}

const RETRY_MS = 3000;

/** A socket that comes back by itself: after cuts, refused tokens, and an expiry that the platform announces. */
export function createChatSocket({ url, freshToken, refreshToken, onConnection }: SocketOptions): {
  socket: ChatSocket;
  wake(): void;
  close(): void;
} {
  let retry: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  const socket: ChatSocket = io(url, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    autoConnect: false,
    forceNew: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5000,
    auth: (answer) =>
      void freshToken().then((token) => {
        answer({ token: token ?? "", protocolVersion: PROTOCOL_VERSION });
      }),
  });

  function connectLater(ms: number): void {
    clearTimeout(retry);
    retry = setTimeout(() => {
      if (!closed) socket.connect();
    }, ms);
  }

  socket.on("connect", () => onConnection("connected"));

  socket.on("disconnect", (reason) => {
    if (closed) return;
    onConnection("connecting");
    // The library comes back from everything but the platform's own "go".
    if (reason === "io server disconnect") connectLater(0);
  });

  socket.on("connect_error", async (error) => {
    // Trying again changes nothing until there is another app, or an earlier platform is back: `wake` tries.
    if (error.message === "unsupported_version") return onConnection("outdated");
    onConnection(socket.active ? "offline" : "connecting");
    if (socket.active) return;
    if (error.message === "unauthorized") await refreshToken();
    connectLater(RETRY_MS);
  });

  socket.on("auth:expired", async () => {
    if ((await refreshToken()) && !closed) socket.disconnect().connect();
  });

  socket.connect();
  return {
    socket,
    /** The device may be online again: tries now instead of after the pause. */
    wake() {
      if (!closed && !socket.connected) socket.disconnect().connect();
    },
    close() {
      closed = true;
      clearTimeout(retry);
      socket.disconnect();
    },
  };
}
