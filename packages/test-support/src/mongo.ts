import { startDaemon } from "./daemon.ts";
import { freePort } from "./port.ts";

/** Paths of the server's certificate, its key, and the certificates of clients that are let in. */
interface MongoTls {
  readonly certificate: string;
  readonly key: string;
  readonly clients: string;
}

/**
 * A real FerretDB over SQLite on 127.0.0.1, in a temporary directory and on a free port unless they are given.
 *
 * @param options.tls without it, everybody is let in
 */
export async function startMongo(
  options: { port?: number; folder?: string; tls?: MongoTls } = {},
): Promise<{ uri: string; stop(): Promise<void> }> {
  const { port = await freePort(), folder, tls } = options;
  const address = `127.0.0.1:${port}`;
  const listen = tls
    ? {
        ...{ FERRETDB_LISTEN_TLS: address, FERRETDB_TLS_CERT: tls.certificate },
        ...{ FERRETDB_TLS_KEY: tls.key, FERRETDB_TLS_CA: tls.clients },
      }
    : { FERRETDB_LISTEN_TCP: address };
  const { stop } = await startDaemon((directory) => ({
    command: process.env.FERRETDB_BINARY ?? "ferretdb",
    args: [],
    env: { ...listen, FERRETDB_SQLITE_URL: `file:${folder ?? directory}/` },
    port,
    ifMissing: "run the tests through `npm test`, which builds it, or set FERRETDB_BINARY",
  }));
  return { uri: `mongodb://${address}/test`, stop };
}
