import type { Media, Message, Session } from "@mobile-ai-agent/contracts";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApiProblem, ApiResult } from "../api/result.ts";
import { useServices } from "../services-context.tsx";
import { completeUntil, mergeMessages } from "./messages.ts";

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

function unwrap<T>(answer: ApiResult<T>): T {
  if (!answer.ok) throw new QueryFault(answer.problem);
  return answer.data;
}

/** What a refused request says stays refused; the rest is tried again for a while. */
export function retryQuery(failures: number, error: Error): boolean {
  const passing = error instanceof QueryFault && ["offline", "unavailable"].includes(error.problem.reason);
  return passing && failures < 3;
}

export function useSessions(): UseQueryResult<readonly Session[]> {
  const { requests } = useServices();
  return useQuery({ queryKey: SESSIONS_KEY, queryFn: async () => unwrap(await requests.listSessions()) });
}

/** A session's messages; only those that are not known yet are asked for. */
export function useMessages(sessionId: string): UseQueryResult<readonly Message[]> {
  const { requests } = useServices();
  const queries = useQueryClient();
  const queryKey = messagesKey(sessionId);
  return useQuery({
    queryKey,
    async queryFn() {
      const known = queries.getQueryData<readonly Message[]>(queryKey) ?? [];
      const more = unwrap(await requests.listMessages(sessionId, completeUntil(known)));
      // What an event brought meanwhile is kept.
      return mergeMessages(queries.getQueryData<readonly Message[]>(queryKey) ?? known, more);
    },
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
