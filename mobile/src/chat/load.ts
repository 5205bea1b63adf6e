import type { Message, Session } from "@mobile-ai-agent/contracts";
import type { Requests } from "../api/requests.ts";
import type { ApiProblem, ApiResult } from "../api/result.ts";
import { completeUntil, mergeMessages } from "./messages.ts";
import type { Snapshots } from "./snapshots.ts";

/** Whether the same request may do later. */
export function isPassing({ reason }: ApiProblem): boolean {
  return reason === "offline" || reason === "unavailable";
}

/** The user's sessions; those of the last time while the platform is away. */
export async function loadSessions(
  requests: Pick<Requests, "listSessions">,
  snapshots: Snapshots | undefined,
): Promise<ApiResult<readonly Session[]>> {
  const answer = await requests.listSessions();
  if (answer.ok) {
    await snapshots?.keepSessions(answer.data);
    return answer;
  }
  const kept = isPassing(answer.problem) ? await snapshots?.sessions() : undefined;
  return kept ? { ok: true, data: kept } : answer;
}

/**
 * A session's messages: only those that are not known yet are asked for.
 * @param known what is known now; asked for again once the answer is there, since events bring messages meanwhile
 */
export async function loadMessages(
  requests: Pick<Requests, "listMessages">,
  snapshots: Snapshots | undefined,
  sessionId: string,
  known: () => readonly Message[] | undefined,
): Promise<ApiResult<readonly Message[]>> {
  const before = known() ?? (await snapshots?.messages(sessionId)) ?? [];
  const answer = await requests.listMessages(sessionId, completeUntil(before));
  if (!answer.ok) {
    const enough = isPassing(answer.problem) && before.length > 0;
    return enough ? { ok: true, data: mergeMessages(before, known() ?? []) } : answer;
  }
  const messages = mergeMessages(mergeMessages(before, known() ?? []), answer.data);
  await snapshots?.keepMessages(sessionId, messages);
  return { ok: true, data: messages };
}
