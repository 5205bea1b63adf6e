import { startDaemon } from "./daemon.ts";
import { freePort } from "./port.ts";

/** A real FerretDB over SQLite, in a temporary directory, on a free port of 127.0.0.1. */
export async function startMongo(): Promise<{ uri: string; stop(): Promise<void> }> {
  const port = await freePort();
  const { stop } = await startDaemon((directory) => ({
    command: process.env.FERRETDB_BINARY ?? "ferretdb",
    args: [],
    env: { FERRETDB_LISTEN_TCP: `127.0.0.1:${port}`, FERRETDB_SQLITE_URL: `file:${directory}/` },
    port,
    ifMissing: "run the tests through `npm test`, which builds it, or set FERRETDB_BINARY",
  }));
  return { uri: `mongodb://127.0.0.1:${port}/test`, stop };
}
