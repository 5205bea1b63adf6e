import { Agent, get, type IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { listen } from "./listen.ts";

describe("listen", () => {
  it("lets a request under way finish on close, takes no new one, and does not wait for idle connections", async () => {
    const arrived = Promise.withResolvers<() => void>();
    const { port, close } = await listen((request, response) => {
      if (request.url === "/slow") arrived.resolve(() => response.end("done"));
      else response.end("quick");
    }, 0);
    const agent = new Agent({ keepAlive: true });
    const fetchBody = (path: string) =>
      new Promise<string>((resolve, reject) => {
        get({ port, path, agent }, (response: IncomingMessage) => {
          response.setEncoding("utf8").once("data", resolve).once("error", reject);
        }).once("error", reject);
      });

    expect(await fetchBody("/quick")).toBe("quick");
    const slow = fetchBody("/slow");
    const finish = await arrived.promise;
    const closed = close();
    await expect(fetch(`http://127.0.0.1:${port}/quick`)).rejects.toThrow();
    finish();
    expect(await slow).toBe("done");
    await closed;
    agent.destroy();
  });

  it("says that a port is taken", async () => {
    const first = await listen((_request, response) => response.end(), 0);
    await expect(listen(() => {}, first.port)).rejects.toThrow("EADDRINUSE");
    await first.close();
  });
});
