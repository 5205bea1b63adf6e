import {
  type ClientToServerEvents,
  PROTOCOL_VERSION,
  type ServerToClientEvents,
  SOCKET_PATH,
} from "@mobile-ai-agent/contracts";
import { io, type Socket } from "socket.io-client";
import { pauseMs } from "../api/pause.ts";

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

/** Short at first: most cuts are over at once. */
const AGAIN = { firstMs: 300, mostMs: 24_000 };

/** A socket that comes back by itself: after cuts, refused tokens, and an expiry that the platform announces. */
export function createChatSocket({ url, freshToken, refreshToken, onConnection }: SocketOptions): {
  socket: ChatSocket;
  wake(): void;
  close(): void;
} {
  let again: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let failures = 0;
  /** The token at hand was refused, though it looks good. */
  let refused = false;
  /** Grows with each try: what an earlier one waited for opens nothing any more. */
  let tries = 0;
  const socket: ChatSocket = io(url, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    autoConnect: false,
    forceNew: true,
    // Its own would go on without a token, and knows of no refused one.
    reconnection: false,
  });

  /** A handshake without a token is refused for certain, so there is none. */
  async function connect(): Promise<void> {
    clearTimeout(again);
    tries += 1;
    const mine = tries;
    const token = await (refused ? refreshToken() : freshToken()).catch(() => undefined);
    if (closed || mine !== tries) return;
    if (token) return open(token);
    onConnection("offline");
    connectLater();
  }

  function open(token: string): void {
    clearTimeout(again);
    tries += 1;
    refused = false;
    socket.auth = { token, protocolVersion: PROTOCOL_VERSION };
    socket.disconnect().connect();
  }

  function connectLater(): void {
    clearTimeout(again);
    if (closed) return;
    again = setTimeout(connect, pauseMs(failures, AGAIN));
    failures += 1;
  }

  socket.on("connect", () => {
    failures = 0;
    onConnection("connected");
  });

  socket.on("disconnect", (reason) => {
    if (closed) return;
    onConnection("connecting");
    if (reason !== "io client disconnect") connectLater();
  });

  socket.on("connect_error", (error) => {
    // Trying again changes nothing until there is another app, or an earlier platform is back: `wake` tries.
    if (error.message === "unsupported_version") return onConnection("outdated");
    // The platform has refused it; else nobody has answered.
    onConnection(socket.active ? "offline" : "connecting");
    refused = error.message === "unauthorized";
    connectLater();
  });

  socket.on("auth:expired", async () => {
    const token = await refreshToken().catch(() => undefined);
    // Without one the platform ends the connection in a minute, and it is tried from there.
    if (token && !closed) open(token);
  });

  void connect();
  return {
    socket,
    /** The device may be online again: tries now instead of after the pause. */
    wake() {
      if (closed || socket.connected) return;
      failures = 0;
      void connect();
    },
    close() {
      closed = true;
      clearTimeout(again);
      socket.disconnect();
    },
  };
}
