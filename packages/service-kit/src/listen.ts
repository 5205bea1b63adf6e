import { createServer, type RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Longer than a client's pool keeps a connection, so that the client closes first and no request meets a reset. */
const KEEP_ALIVE_MS = 75_000;
const IDLE_SWEEP_MS = 100;

/**
 * Listens on all interfaces.
 *
 * @param port 0 for any free one
 * @returns the port it listens on, and `close`, which takes no new connection, lets the requests under way finish and
 *   closes connections as they become idle
 * @throws when the port is taken
 */
export async function listen(
  handler: RequestListener | Server,
  port: number,
): Promise<{ server: Server; port: number; close(): Promise<void> }> {
  const server = handler instanceof Server ? handler : createServer(handler);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 5000;
  let closing: Promise<void> | undefined;
  server.prependListener("request", (_request, response) => {
    if (closing) response.setHeader("connection", "close");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close() {
      closing ??= new Promise((resolve) => {
        const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
        server.close(() => {
          clearInterval(sweep);
          resolve();
        });
      });
      return closing;
    },
  };
}
