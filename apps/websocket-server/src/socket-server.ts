import type { Server as HttpServer } from "node:http";
import type { TransitCipher } from "@mobile-ai-agent/content-cipher";
import { SOCKET_PATH } from "@mobile-ai-agent/contracts";
import { createRunLog } from "@mobile-ai-agent/conversation-store";
import type {
  Logger,
  RateLimiter,
  RedisClient,
  Revocations,
  TokenVerifier,
} from "@mobile-ai-agent/service-kit";
import { Server } from "socket.io";
import { authenticate } from "./authenticate.ts";
import { watchBacklog } from "./backlog.ts";
import type { ContextClient } from "./context-client.ts";
import { limitEvents } from "./event-limit.ts";
import { endAtExpiry } from "./expiry.ts";
import { cancelRun } from "./handlers/cancel-run.ts";
import { decideApproval } from "./handlers/decide-approval.ts";
import { sendMessage } from "./handlers/send-message.ts";
import { subscribeRun } from "./handlers/subscribe-run.ts";
import { listenTo } from "./listen-to.ts";
import { isAllowedOrigin } from "./origin.ts";
import { endWhenRevoked } from "./revocation.ts";
import type { RunOwners } from "./run-owners.ts";
import { createSealedAdapter } from "./sealed-adapter.ts";
import type { SocketMetrics } from "./socket-metrics.ts";
import { roomOf, roomOfSignIn, type UserSocketServer } from "./socket-types.ts";

export interface SocketServerOptions {
  readonly allowedOrigins: readonly string[];
  readonly redis: RedisClient;
  /** Seals what passes through Redis. */
  readonly cipher: TransitCipher;
  readonly verifier: TokenVerifier;
  readonly revocations: Pick<Revocations, "has" | "onRevoked">;
  readonly messageLimit: RateLimiter;
  readonly context: ContextClient;
  readonly owners: RunOwners;
  readonly metrics: SocketMetrics;
  readonly logger: Logger;
}

/** Serves Socket.IO on an HTTP server that doesn't listen yet. */
export function attachSocketServer(http: HttpServer, options: SocketServerOptions): UserSocketServer {
  const { allowedOrigins, redis, cipher, verifier, revocations } = options;
  const { messageLimit, context, owners, metrics, logger } = options;
  const io: UserSocketServer = new Server(http, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: 64 * 1024,
    connectTimeout: 10_000,
    allowRequest: ({ headers }, decide) => decide(null, isAllowedOrigin(headers, allowedOrigins)),
    adapter: createSealedAdapter(redis, cipher),
  });
  // The request is of no use after the handshake and as large as all the rest of a connection.
  io.engine.on("connection", (connection: { request: unknown }) => {
    connection.request = null;
  });
  io.use(authenticate(verifier));
  revocations.onRevoked((signIn) => io.local.in(roomOfSignIn(signIn)).disconnectSockets(true));
  const log = createRunLog(redis, cipher);
  io.on("connection", (socket) => {
    void socket.join(roomOf(socket.data.claims));
    const backlog = watchBacklog(socket, () => metrics.countCut());
    socket.once("disconnect", metrics.watch(backlog));
    limitEvents(socket);
    endAtExpiry(socket);
    endWhenRevoked(socket, revocations);
    listenTo(socket, {
      "message:send": sendMessage(socket, { context, limit: messageLimit, logger }),
      "run:cancel": cancelRun(socket, context, logger),
      "approval:decide": decideApproval(socket, context, logger),
      "run:subscribe": subscribeRun(socket, { context, owners, log, backlog, logger }),
    });
  });
  return io;
}
