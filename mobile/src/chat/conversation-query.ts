import { type Change, type ConversationView, takeChanges } from "@mobile-ai-agent/contracts";
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import type { Requests } from "../api/requests.ts";
import { furthest, loadConversation } from "./load.ts";
import type { Snapshots } from "./snapshots.ts";
import { unwrap } from "./unwrap.ts";

export const MESSAGES_KEY = ["messages"] as const;
export const messagesKey = (sessionId: string) => [...MESSAGES_KEY, sessionId] as const;

interface Sources {
  readonly queries: QueryClient;
  readonly requests: Pick<Requests, "listChanges">;
  readonly snapshots: Snapshots | undefined;
}

/** What a session shows, as a query. What it loads never takes the place of more, which events may have brought. */
export function conversationQuery({ queries, requests, snapshots }: Sources, sessionId: string) {
  const queryKey = messagesKey(sessionId);
  const known = () => queries.getQueryData<ConversationView>(queryKey);
  return {
    queryKey,
    queryFn: async () => unwrap(await loadConversation(requests, snapshots, sessionId, known)),
    // Called with both at the moment when one takes the other's place.
    structuralSharing: (before: unknown, loaded: unknown) =>
      furthest(loaded as ConversationView, before as ConversationView | undefined),
  };
}

/** Takes a change into what is known of its session; where that leaves a gap, or nothing is known yet, it is asked for. */
export function takeChange(queries: QueryClient, sessionId: string, change: Change): void {
  const queryKey = messagesKey(sessionId);
  // One change alone would look like all there are.
  const take = (known: ConversationView | undefined) => known && takeChanges(known, [change]);
  const view = queries.setQueryData<ConversationView>(queryKey, take);
  if (!view || view.ahead.length > 0) void askAnew(queries, queryKey);
}

/**
 * Asks again for whatever is shown under a key. A first answer that is under way may be of before: it is asked for once
 * more, where the library would wait for it and leave it at that.
 */
export async function askAnew(queries: QueryClient, queryKey: QueryKey): Promise<void> {
  await queries.cancelQueries({ queryKey, predicate: ({ state }) => state.data === undefined });
  await queries.invalidateQueries({ queryKey });
}
