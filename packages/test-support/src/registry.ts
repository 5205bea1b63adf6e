import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDaemon } from "./daemon.ts";
import { freePort } from "./port.ts";

/** A real container registry on 127.0.0.1 that keeps what is pushed until it stops. */
export async function startRegistry(): Promise<{ host: string; stop(): Promise<void> }> {
  const port = await freePort();
  const { stop } = await startDaemon((directory) => {
    const config = join(directory, "config.json");
    const storage = { filesystem: { rootdirectory: join(directory, "data") } };
    writeFileSync(config, JSON.stringify({ version: "0.1", storage, http: { addr: `127.0.0.1:${port}` } }));
    return {
      command: "docker-registry",
      args: ["serve", config],
      port,
      ifMissing: "install docker-registry, or run the tests through `npm test`",
    };
  });
  return { host: `127.0.0.1:${port}`, stop };
}
