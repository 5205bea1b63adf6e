import { SessionId } from "@mobile-ai-agent/contracts";
import { type McpServer, ResourceNotFoundError, ResourceTemplate } from "@modelcontextprotocol/server";
import { type Caller, sessionOf, sessionsOf } from "./caller.ts";
import { sheltered } from "./faults.ts";

const MIME_TYPE = "application/json";

/** Resources `context://sessions/{id}`: what the agent should know, one for each of the caller's sessions. */
export function registerSessionContexts(server: McpServer, caller: Caller): void {
  const { store, userId } = caller;
  const list = sheltered(caller, async () => ({
    resources: (await sessionsOf(caller)).map(({ id, title, updated_at }) => ({
      uri: `context://sessions/${id}`,
      name: id,
      title: title === "" ? "Untitled session" : title,
      mimeType: MIME_TYPE,
      annotations: { lastModified: updated_at },
    })),
  }));
  server.registerResource(
    "session-context",
    new ResourceTemplate("context://sessions/{id}", { list }),
    {
      title: "Context of a session",
      description: "What the agent should know about the user, and its version.",
      mimeType: MIME_TYPE,
    },
    sheltered(caller, async (uri: URL, { id }: Record<string, string | string[] | undefined>) => {
      const sessionId = SessionId.safeParse(id).data;
      const session = sessionId === undefined ? undefined : await sessionOf(caller, sessionId);
      if (session === undefined) throw new ResourceNotFoundError(uri.href);
      const text = JSON.stringify(await store.contexts.get({ sessionId: session.id, userId }));
      return { contents: [{ uri: uri.href, mimeType: MIME_TYPE, text }] };
    }),
  );
}
