import { type ChangeList, ListChangesQuery } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { parseQuery } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { ownedSessionId } from "./owned-session.ts";

/** GET /api/message/:sessionId/changes?after=&limit=: what happened in the session after a change, in order. */
export function listChanges(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const id = await ownedSessionId(store, request);
    const { after, limit } = parseQuery(ListChangesQuery, request);
    // One more than asked for tells whether there is another page.
    const found = await store.messages.changes(id, { after, limit: limit + 1 });
    const changes = found.changes.slice(0, limit);
    const next_after = found.changes.length > limit ? (changes.at(-1)?.sequence ?? null) : null;
    // Only then, since earlier versions of the app refuse fields that they do not know.
    const body: ChangeList = { changes, next_after, ...(found.last < after && { last: found.last }) };
    response.json(body);
  };
}
