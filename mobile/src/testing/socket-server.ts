import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Ack,
  type ClientToServerEvents,
  type Message,
  type MessageAccepted,
  type RunEvent,
  type RunSubscribed,
  SendMessage,
  type ServerToClientEvents,
  SOCKET_PATH,
  type SocketError,
  type UserEvent,
} from "@mobile-ai-agent/contracts";
import { Server } from "socket.io";

/**
 * A test double of websocket-server: stores messages once by their client id, and keeps logs of runs that the test
 * writes. The test can cut sockets, and swallow acknowledgements as a cut at the wrong moment does.
 */
export async function startSocketServer() {
  const http = createServer();
  const io = new Server<ClientToServerEvents, ServerToClientEvents>(http, {
    path: SOCKET_PATH,
    transports: ["websocket"],
  });
  const stored = new Map<string, MessageAccepted>();
  const logs = new Map<string, RunEvent[]>();
  const seen = {
    handshakes: 0,
    sends: [] as string[],
    subscriptions: [] as { runId: string; after: number }[],
  };
  const control = {
    swallowAcks: 0,
    token: undefined as string | undefined,
    versions: [1] as number[],
    /** What the next subscriptions are answered with, each in its turn. */
    refuseSubscriptions: [] as SocketError["code"][],
  };

  io.use((socket, next) => {
    seen.handshakes += 1;
    const { token, protocolVersion } = socket.handshake.auth;
    if (!control.versions.includes(protocolVersion)) return next(new Error("unsupported_version"));
    next(control.token === undefined || token === control.token ? undefined : new Error("unauthorized"));
  });
  io.on("connection", (socket) => {
    socket.on("message:send", (payload, ack) => {
      const message = SendMessage.parse(payload);
      seen.sends.push(message.clientMessageId);
      const known = stored.get(message.clientMessageId);
      const runId = randomUUID();
      const accepted = known ?? { message: store(message, stored.size * 2 + 1, runId), runId };
      stored.set(message.clientMessageId, accepted);
      if (control.swallowAcks > 0) {
        control.swallowAcks -= 1;
        return void socket.conn.close();
      }
      ack({ data: accepted });
    });
    socket.on("run:subscribe", ({ runId, after }, ack: Ack<RunSubscribed>) => {
      seen.subscriptions.push({ runId, after });
      const code = control.refuseSubscriptions.shift();
      if (code) return ack({ error: { code, message: code } });
      ack({ data: { runId, after } });
      void socket.join(runId);
      for (const event of logs.get(runId) ?? []) if (event.sequence > after) socket.emit("run:event", event);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    seen,
    control,
    stored: () => [...stored.values()],
    log(event: RunEvent) {
      logs.set(event.runId, [...(logs.get(event.runId) ?? []), event]);
      io.to(event.runId).emit("run:event", event);
    },
    /** Tells all devices. */
    tell: (event: UserEvent) => void io.emit(event.name, event.payload as never),
    /** As a part of the platform does that is back. */
    needSync: () => void io.emit("sync:needed"),
    /** As a broken network does. */
    cut: () => io.sockets.sockets.forEach((socket) => void socket.conn.close()),
    stop: () => io.close(),
  };
}

function store(message: SendMessage, sequence: number, runId: string): Message {
  return {
    id: randomUUID(),
    session_id: message.sessionId,
    sequence,
    client_message_id: message.clientMessageId,
    role: "user",
    type: message.type,
    content: message.content,
    ...(message.mediaId && { media_id: message.mediaId }),
    run_id: runId,
    created_at: new Date().toISOString(),
  };
}
