import { createServer, type IncomingHttpHeaders } from "node:http";
import { json } from "node:stream/consumers";
import { listen } from "@mobile-ai-agent/service-kit";

/** What the upstream does with one request. */
export type Scene =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body: object }
  /** Server-sent events, then the end of the response, or silence, or a cut connection. */
  | { readonly events: readonly string[]; readonly ending?: "hang" | "cut" };

export interface AskedRequest {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  readonly body: any;
}

/** A test double of a model's HTTP API: plays one scene a request, the last one again and again. */
export async function startScriptedUpstream() {
  const asked: AskedRequest[] = [];
  let scenes: Scene[] = [];
  const left = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    asked.push({ path: request.url, headers: request.headers, body: await json(request) });
    response.once("close", () => left.resolve());
    const scene = scenes.length > 1 ? scenes.shift() : scenes[0];
    if (!scene) return void response.writeHead(500).end();
    if ("status" in scene) {
      const headers = { "content-type": "application/json", ...scene.headers };
      return void response.writeHead(scene.status, headers).end(JSON.stringify(scene.body));
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    for (const event of scene.events) response.write(event);
    if (scene.ending === "cut") response.destroy();
    else if (scene.ending !== "hang") response.end();
  });
  const { port, close } = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    /** Resolves when a connection has closed: the reader went, or the response ended. */
    left: left.promise,
    play(...next: Scene[]) {
      scenes = next;
    },
    async stop() {
      server.closeAllConnections();
      await close();
    },
  };
}

/** Events as Anthropic's Messages API sends them: the type stands in the event's name too. */
export function anthropicEvents(
  ...events: ({ readonly type: string } & Record<string, unknown>)[]
): string[] {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

/** Chunks as OpenAI sends them. */
export function openAiEvents(...chunks: (object | "[DONE]")[]): string[] {
  return chunks.map((chunk) => `data: ${typeof chunk === "string" ? chunk : JSON.stringify(chunk)}\n\n`);
}
