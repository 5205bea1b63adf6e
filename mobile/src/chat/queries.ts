import type { ConversationView, Media, Session } from "@mobile-ai-agent/contracts";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Platform } from "react-native";
import { useAuthState, useServices } from "../services-context.tsx";
import { conversationQuery } from "./conversation-query.ts";
import { loadSessions } from "./load.ts";
import { createSnapshots, type Snapshots } from "./snapshots.ts";
import { unwrap } from "./unwrap.ts";

export const SESSIONS_KEY = ["sessions"] as const;

/** On devices, where storage is sealed; a browser keeps no conversations. */
export function useSnapshots(): Snapshots | undefined {
  const { store } = useServices();
  const state = useAuthState();
  const userId = state.status === "signed-in" ? state.user.id : undefined;
  return useMemo(
    () => (Platform.OS !== "web" && userId ? createSnapshots(store, userId) : undefined),
    [store, userId],
  );
}

export function useSessions(): UseQueryResult<readonly Session[]> {
  const { requests } = useServices();
  const snapshots = useSnapshots();
  return useQuery({
    queryKey: SESSIONS_KEY,
    queryFn: async () => unwrap(await loadSessions(requests, snapshots)),
  });
}

export function useConversation(sessionId: string): UseQueryResult<ConversationView> {
  const { requests } = useServices();
  const snapshots = useSnapshots();
  const queries = useQueryClient();
  return useQuery(conversationQuery({ queries, requests, snapshots }, sessionId));
}

/** A picture with links that are good for a while yet. */
export function useMedia(mediaId: string): UseQueryResult<Media> {
  const { requests } = useServices();
  return useQuery({
    queryKey: ["media", mediaId],
    queryFn: async () => unwrap(await requests.getMedia(mediaId)),
    staleTime: ({ state }) => {
      const left = state.data ? Date.parse(state.data.urls_expire_at) - Date.now() : 0;
      return Math.max(left - 60_000, 1000);
    },
  });
}
