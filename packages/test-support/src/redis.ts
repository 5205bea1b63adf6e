import { type Daemon, startDaemon } from "./daemon.ts";
import { freePort } from "./port.ts";

/**
 * A real redis-server on 127.0.0.1 that writes nothing to disk; on a free port unless one is given.
 *
 * @param options.aclFile path of the file with its users; without it, everybody may do everything
 */
export async function startRedis(
  options: { port?: number; aclFile?: string } = {},
): Promise<Daemon & { url: string }> {
  const port = options.port ?? (await freePort());
  const daemon = await startDaemon((directory) => ({
    command: "redis-server",
    args: [
      "--bind",
      "127.0.0.1",
      "--port",
      `${port}`,
      "--dir",
      directory,
      "--save",
      "",
      "--appendonly",
      "no",
      ...(options.aclFile ? ["--aclfile", options.aclFile] : []),
    ],
    port,
    ifMissing: "install redis-server, or run the tests through `npm test`",
  }));
  return { url: `redis://127.0.0.1:${port}`, ...daemon };
}
