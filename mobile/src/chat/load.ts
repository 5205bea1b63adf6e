import { type ConversationView, EMPTY_VIEW, type Session, takeChanges } from "@mobile-ai-agent/contracts";
import type { Requests } from "../api/requests.ts";
import type { ApiProblem, ApiResult } from "../api/result.ts";
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
    leaveTo(snapshots?.keepSessions(answer.data));
    return answer;
  }
  const kept = isPassing(answer.problem) ? await ifReadable(snapshots?.sessions()) : undefined;
  return kept ? { ok: true, data: kept } : answer;
}

/**
 * What a session shows: only the changes that are not known yet are asked for.
 * @param known what is known now; asked for again once the answer is there, since events bring changes meanwhile
 */
export async function loadConversation(
  requests: Pick<Requests, "listChanges">,
  snapshots: Snapshots | undefined,
  sessionId: string,
  known: () => ConversationView | undefined,
): Promise<ApiResult<ConversationView>> {
  const before = known() ?? (await ifReadable(snapshots?.conversation(sessionId))) ?? EMPTY_VIEW;
  const answer = await requests.listChanges(sessionId, before.upTo);
  const now = furthest(before, known());
  if (!answer.ok) {
    const enough = isPassing(answer.problem) && now.upTo > 0;
    return enough ? { ok: true, data: now } : answer;
  }
  if (answer.data.restored) return loadAnew(requests, snapshots, sessionId, now);
  const view = now.epoch === before.epoch ? takeChanges(now, answer.data.changes) : now;
  leaveTo(snapshots?.keepConversation(sessionId, view));
  return { ok: true, data: view };
}

/** What is known is of another log than the platform's, which was restored from a backup. */
async function loadAnew(
  requests: Pick<Requests, "listChanges">,
  snapshots: Snapshots | undefined,
  sessionId: string,
  { epoch = 0 }: ConversationView,
): Promise<ApiResult<ConversationView>> {
  const answer = await requests.listChanges(sessionId, 0);
  if (!answer.ok) return answer;
  const view = takeChanges({ ...EMPTY_VIEW, epoch: epoch + 1 }, answer.data.changes);
  leaveTo(snapshots?.keepConversation(sessionId, view));
  return { ok: true, data: view };
}

/** What is kept only helps: without it the platform is asked for everything. */
function ifReadable<T>(reading: Promise<T> | undefined): Promise<T | undefined> | undefined {
  return reading?.catch(() => undefined);
}

/** What was read is shown at once, and also by a device that is full. */
function leaveTo(writing: Promise<void> | undefined): void {
  writing?.catch(() => undefined);
}

/** The one that knows more, with what the other has ahead; of two logs the later one. */
export function furthest(before: ConversationView, now: ConversationView = before): ConversationView {
  const [old = 0, later = 0] = [before.epoch, now.epoch];
  if (old !== later) return old > later ? before : now;
  return now.upTo >= before.upTo ? takeChanges(now, before.ahead) : takeChanges(before, now.ahead);
}
