import type { ConversationView, Media, Session } from "@mobile-ai-agent/contracts";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { Platform } from "react-native";
import type { ApiProblem, ApiResult } from "../api/result.ts";
import { useAuthState, useServices } from "../services-context.tsx";
import { isPassing, loadConversation, loadSessions } from "./load.ts";
import { createSnapshots, type Snapshots } from "./snapshots.ts";

export const SESSIONS_KEY = ["sessions"] as const;
export const MESSAGES_KEY = ["messages"] as const;
export const messagesKey = (sessionId: string) => [...MESSAGES_KEY, sessionId] as const;

/** Carries an ApiProblem through the query cache, which tells failures by what is thrown. */
class QueryFault extends Error {
  readonly problem: ApiProblem;

  constructor(problem: ApiProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export function unwrap<T>(answer: ApiResult<T>): T {
  if (!answer.ok) throw new QueryFault(answer.problem);
  return answer.data;
}

/** What a refused request says stays refused; the rest is tried again for a while. */
export function retryQuery(failures: number, error: Error): boolean {
  return error instanceof QueryFault && isPassing(error.problem) && failures < 3;
}

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
  const queryKey = messagesKey(sessionId);
  const known = () => queries.getQueryData<ConversationView>(queryKey);
  return useQuery({
    queryKey,
    queryFn: async () => unwrap(await loadConversation(requests, snapshots, sessionId, known)),
  });
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
