import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ClientToServerEvents,
  type RunEvent,
  SendMessage,
  type ServerToClientEvents,
  SOCKET_PATH,
  type SocketError,
} from "@mobile-ai-agent/contracts";
import { Server } from "socket.io";

/** A test double of the platform: signs in whoever asks, takes messages, and sends the run's log that the test writes. */
export async function startPlatform() {
  const seen = {
    handshakes: [] as string[],
    sent: [] as string[],
    subscriptions: [] as { runId: string; after: number }[],
  };
  const control = {
    /** Seconds that a token is good for. */
    expiresIn: 1800,
    /** How logins are answered; anything but 200 signs nobody in. */
    loginStatus: 200,
    /** What the next handshakes are refused with, each in its turn. */
    refuseHandshakes: [] as string[],
    /** What the next subscriptions are answered with, each in its turn. */
    refuseSubscriptions: [] as SocketError["code"][],
  };
  let logins = 0;
  /** As kept, from the number after `first` - 1 on. */
  let log: RunEvent[] = [];

  function answer({ url }: IncomingMessage): { status: number; body: object } {
    switch (url) {
      case "/api/auth/register":
        return { status: 201, body: USER };
      case "/api/auth/login": {
        const problem = { type: "about:blank", title: "no", status: control.loginStatus, detail: "no" };
        if (control.loginStatus !== 200) return { status: control.loginStatus, body: problem };
        logins += 1;
        const token = {
          access_token: `token-${logins}`,
          token_type: "Bearer",
          expires_in: control.expiresIn,
        };
        return { status: 200, body: token };
      }
      default:
        return { status: 201, body: { session_id: randomUUID(), session_token: "x" } };
    }
  }

  const http = createServer(async (request, response) => {
    await request.resume().toArray();
    const { status, body } = answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  const io = new Server<ClientToServerEvents, ServerToClientEvents>(http, {
    path: SOCKET_PATH,
    transports: ["websocket"],
  });
  io.use((socket, next) => {
    seen.handshakes.push(socket.handshake.auth.token);
    const refusal = control.refuseHandshakes.shift();
    next(refusal === undefined ? undefined : new Error(refusal));
  });
  io.on("connection", (socket) => {
    socket.on("message:send", (payload, ack) => {
      const {
        sessionId: session_id,
        clientMessageId: client_message_id,
        ...sent
      } = SendMessage.parse(payload);
      const runId = randomUUID();
      seen.sent.push(sent.content);
      const message = {
        id: randomUUID(),
        session_id,
        client_message_id,
        sequence: 1,
        run_id: runId,
      } as const;
      const written = { role: "user", ...sent, created_at: new Date().toISOString() } as const;
      ack({ data: { message: { ...message, ...written }, runId } });
    });
    socket.on("run:subscribe", ({ runId, after }, ack) => {
      seen.subscriptions.push({ runId, after });
      const code = control.refuseSubscriptions.shift();
      if (code) return ack({ error: { code, message: code } });
      // As the platform does with a log that was lost and begun anew.
      const start = after <= (log.at(-1)?.sequence ?? after) ? after : 0;
      ack({ data: { runId, after: start } });
      for (const event of log) if (event.sequence > start) socket.emit("run:event", event);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    seen,
    control,
    logins: () => logins,
    /** Adds to the log of the run that was subscribed to last, and sends it to whoever is there. */
    say(sequence: number, text?: string) {
      const runId = seen.subscriptions.at(-1)?.runId ?? "";
      const event: RunEvent =
        text === undefined
          ? { runId, sequence, kind: "completed", messageId: randomUUID() }
          : { runId, sequence, kind: "token", text };
      log.push(event);
      io.emit("run:event", event);
    },
    /** Adds to the log without a word, as one that gets lost on its way. */
    whisper(sequence: number, text: string) {
      const runId = seen.subscriptions.at(-1)?.runId ?? "";
      log.push({ runId, sequence, kind: "token", text });
    },
    loseLog() {
      log = [];
    },
    announceExpiry: () => void io.emit("auth:expired"),
    /** As when a token expires. */
    dismiss: () => void io.disconnectSockets(true),
    /** As a broken network does. */
    cut: () => io.sockets.sockets.forEach((socket) => void socket.conn.close()),
    stop: () => io.close(),
  };
}

const USER = {
  id: randomUUID(),
  username: "terminal",
  email: "terminal@example.com",
  roles: ["user"],
  created_at: "2026-01-01T00:00:00.000Z",
};
