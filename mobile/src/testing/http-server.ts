import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly delayMs?: number;
}

/** A test double of the platform's HTTP side: a real server on 127.0.0.1 that answers as the test says. */
export async function startHttpServer(
  answer: (request: IncomingMessage, body: unknown) => Answer | Promise<Answer>,
) {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const { status, body, delayMs = 0 } = await answer(request, text === "" ? undefined : JSON.parse(text));
    setTimeout(() => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    }, delayMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
