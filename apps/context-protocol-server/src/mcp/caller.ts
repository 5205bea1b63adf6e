import type { Session } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";

/** On whose behalf one MCP request is served. */
export interface Caller {
  readonly store: ConversationStore;
  /** `sub` of the access token. Whatever is read or written has to be this user's. */
  readonly userId: string;
  /** The one session that the caller may see and change. A run has this, a user doesn't. */
  readonly onlySession?: string | undefined;
  readonly logger: Logger;
}

/**
 * @returns undefined when there is no such session, or it is not for the caller to see: a caller can't tell one from the
 *   other
 */
export async function sessionOf(caller: Caller, id: string): Promise<Session | undefined> {
  const { store, userId, onlySession = id } = caller;
  return id === onlySession ? await store.sessions.get(id, userId) : undefined;
}

/** Whether `sessionOf` would give the session. */
export async function maySee({ store, userId, onlySession }: Caller, id: string): Promise<boolean> {
  return (onlySession === undefined || id === onlySession) && (await store.sessions.isOf(userId, id));
}

const MOST = 100;

/** @returns the sessions that the caller may see, the last used first, at most 100 */
export async function sessionsOf(caller: Caller): Promise<Session[]> {
  const { store, userId, onlySession } = caller;
  if (onlySession === undefined) return (await store.sessions.list(userId, { limit: MOST }))?.sessions ?? [];
  const session = await sessionOf(caller, onlySession);
  return session === undefined ? [] : [session];
}
