import type { Session } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";

/** On whose behalf one MCP request is served. */
export interface Caller {
  readonly store: ConversationStore;
  /** `sub` of the access token. Whatever is read or written has to be this user's. */
  readonly userId: string;
  readonly logger: Logger;
}

/** @returns undefined when there is no such session or it is another user's: a caller can't tell one from the other */
export function sessionOf({ store, userId }: Caller, id: string): Promise<Session | undefined> {
  return store.sessions.get(id, userId);
}
